using DevopsCd.Cli.Connecting;
using DevopsCd.Cli.Output;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Cli.Commands;

/// <summary>A batch as <c>batch show</c> writes it.</summary>
internal static class BatchPage
{
    public static async Task PrintAsync(Session session, Reply reply, BatchView batch)
    {
        await session.Printer.FactsAsync(reply, batch.BatchNumber,
            ("Batch", $"{batch.BatchNumber} ({batch.Id})"), ("Title", batch.Title), ("Project", batch.Project),
                ("State", $"{batch.State} {batch.StateName}"), ("Version", $"{batch.Version}"),
            ("Created", $"{Ages.Exact(batch.CreatedAt)} by {batch.Initiator}"), ("Approved", By(batch.ApprovedAt, batch.ApprovedBy)),
                ("Sealed", By(batch.TaggedAt, batch.TaggedBy)),
            ("Accepted", By(batch.FinalAcceptedAt, batch.FinalAcceptedBy)), ("Rejected", batch.RejectedReason),
                ("Cancelled", By(batch.CancelledAt, batch.CancelledBy)), ("Reason", batch.CancelReason),
            ("Rolled back", By(batch.RolledBackAt, batch.RollbackBy)), ("Rollback because", batch.RollbackReason),
            ("Starts", batch.ScheduledStart is { } start ? $"{start.Event} at {Ages.Exact(start.NotBefore)} by {start.Operator}" : null),
            ("Failure", batch.LastFailure), ("Note", batch.ContentChangedSinceApproval ? "the content has changed since the approval" : null),
            ("Allowed now", string.Join(", ", batch.AvailableEvents.Where(e => e.By == "person").Select(e => e.Event))));
        if (session.Printer.Format is not (OutputFormat.Table or OutputFormat.Wide))
            return;
        await session.Around.Out.WriteLineAsync();
        await session.Printer.TableAsync(batch.Releases, new("APPLICATION", r => r.Application), new("BRANCH", r => r.Branch),
            new("BUILD", r => r.BuildNumber), new("TAG", r => r.ImageTag),
            new("PRE", r => r.PreStatus), new("PROD", r => r.ProdStatus), new Column<ReleaseView>("NOTE", Note),
                new("DEPENDS ON", r => string.Join(",", r.DependsOn), IsWide: true),
            new("PINNED BY", r => r.PinnedBy, IsWide: true), new("COMMIT", r => r.CommitId, IsWide: true));
    }

    /// <summary>What is to be known of an application beside its states.</summary>
    private static string? Note(ReleaseView release) =>
        release.StatusReason ?? (release.BuildWithdrawn ? "the build was reported as failed since"
            : release.BuildNumber is null ? "no build yet"
            : release.NewerBuildExists ? $"build {release.LatestBuildNumber} is newer"
            : null);

    private static string? By(DateTimeOffset? at, string? who) => at is null ? null : $"{Ages.Exact(at)} by {who}";
}
