using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Builds;

/// <summary>Stores what a CI reports and refreshes the release that follows it, in one transaction (R1, R2).</summary>
internal sealed class BuildIntake(CdDbContext db, BuildQueries queries, BatchJournal journal, IPublishEndpoint publish, TimeProvider clock)
{
    /// <summary>Takes in a build. The caller owns no transaction on <see cref="CdDbContext" />.</summary>
    /// <param name="message">What the CI says.</param>
    /// <param name="source">Through what it came, for the history.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What became of it.</returns>
    public Task<IntakeResult> Take(BuildCompleted message, string source, CancellationToken cancellationToken) =>
        db.InTransaction(() => TakeInTransaction(message, source, cancellationToken), cancellationToken);

    /// <summary>The same inside the caller's transaction.</summary>
    public async Task<IntakeResult> TakeInTransaction(BuildCompleted message, string source, CancellationToken cancellationToken)
    {
        BuildRules.Check(message, clock.GetUtcNow());
        var application = (await db.LockApplications([message.Application], cancellationToken)).Values.SingleOrDefault();
        var build = await db.Builds.SingleOrDefaultAsync(b => b.ApplicationName == message.Application && b.BuildNumber == message.BuildNumber, cancellationToken);
        if (build is null)
            db.Builds.Add(build = await New(message, application?.Id, cancellationToken));
        else if (build.BuildStatus == BuildStatus.Running && message.Status != BuildStatus.Running)
            await Finish(build, message, cancellationToken);
        else
            return new IntakeResult(build.Id, Known: true, Matched: build.ApplicationId is not null);

        await db.SaveChangesAsync(cancellationToken);
        if (build.ApplicationId is { } applicationId && build.BuildStatus == BuildStatus.Success)
            await Refresh(applicationId, build.Branch, source, cancellationToken);
        return new IntakeResult(build.Id, Known: false, Matched: build.ApplicationId is not null);
    }

    /// <summary>
    /// Brings the open release of an application to the newest build of its branch. Under the batch's row lock: a seal
    /// either has the build in its snapshot or sees it recorded as newer (R4).
    /// </summary>
    /// <returns>Whether the release's build changed.</returns>
    public async Task<bool> Refresh(long applicationId, string branch, string source, CancellationToken cancellationToken)
    {
        var batchId = await db.Releases.Where(r => r.AppId == applicationId && r.IsOpen && r.Branch == branch).Select(r => (long?)r.BatchId).SingleOrDefaultAsync(cancellationToken);
        if (batchId is null || await db.LockBatch(batchId.Value, cancellationToken) is not { } batch)
            return false;
        // Read again under the lock: the batch may have ended or sealed while this waited.
        var release = await db.Releases.Include(r => r.App).Include(r => r.Build).SingleOrDefaultAsync(r => r.AppId == applicationId && r.IsOpen && r.BatchId == batch.Id, cancellationToken);
        var newest = await queries.Newest(applicationId, branch, cancellationToken);
        if (release is null || newest is null)
            return false;
        await db.Entry(release).ReloadAsync(cancellationToken);
        release.LatestBuildId = newest.Id;
        var refreshes = BatchStatus.Refreshes(batch.Status) && !release.IsLocked && release.PinnedBy is null && release.BuildId != newest.Id;
        if (refreshes)
            await Move(batch, release, newest, source, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return refreshes;
    }

    /// <summary>Builds that came before their application was registered.</summary>
    public async Task Adopt(long applicationId, string name, CancellationToken cancellationToken) =>
        await db.Builds.Where(b => b.ApplicationName == name && b.ApplicationId == null)
            .ExecuteUpdateAsync(set => set.SetProperty(b => b.ApplicationId, applicationId), cancellationToken);

    private async Task Move(Batch batch, BatchRelease release, Build newest, string source, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var from = release.Build?.BuildNumber;
        release.Take(newest);
        batch.UpdatedAt = now;
        journal.Note(batch, "build_refreshed", Operators.Engine, source, $"{release.App.Name}: {from ?? "no build"} → {newest.BuildNumber}",
            JsonSerializer.Serialize(new { application = release.App.Name, from, to = newest.BuildNumber, image = release.Image }, JsonSerializerOptions.Web));
        await publish.Publish(new ReleaseBuildRefreshed
        {
            BatchId = batch.CorrelationId,
            BatchNumber = batch.BatchNumber,
            Application = release.App.Name,
            FromBuildNumber = from,
            ToBuildNumber = newest.BuildNumber,
            At = now
        }, cancellationToken);
    }

    private async Task<Build> New(BuildCompleted message, long? applicationId, CancellationToken cancellationToken)
    {
        var build = new Build
        {
            ApplicationName = message.Application,
            ApplicationId = applicationId,
            BuildNumber = message.BuildNumber,
            BuildOrder = Order(message.BuildNumber),
            Branch = message.Branch,
            ReceivedAt = clock.GetUtcNow()
        };
        await Finish(build, message, cancellationToken);
        return build;
    }

    private async Task Finish(Build build, BuildCompleted message, CancellationToken cancellationToken)
    {
        build.Branch = message.Branch;
        build.CommitId = message.CommitId;
        build.CommitMessage = message.CommitMessage;
        build.CommitAuthor = message.CommitAuthor;
        build.ImageName = message.ImageName;
        build.ImageTag = message.ImageTag;
        build.ImageDigest = message.ImageDigest;
        build.BuildStatus = message.Status;
        build.Source = message.Source;
        build.Link = message.Link;
        build.FinishedAt = message.FinishedAt;
        build.OrderedAt = message.FinishedAt ?? await Between(build, cancellationToken);
    }

    /// <summary>
    /// A time for a build whose CI sent none: just before the next higher number's, else now. Arrival alone would let a
    /// late delivery of an old build win.
    /// </summary>
    private async Task<DateTimeOffset> Between(Build build, CancellationToken cancellationToken)
    {
        var next = await db.Builds
            .Where(b => b.ApplicationName == build.ApplicationName && b.Branch == build.Branch && b.BuildOrder > build.BuildOrder)
            .OrderBy(b => b.OrderedAt).Select(b => (DateTimeOffset?)b.OrderedAt).FirstOrDefaultAsync(cancellationToken);
        return next is { } later ? later.AddMicroseconds(-1) : clock.GetUtcNow();
    }

    /// <summary>The last run of digits in a build number, so that <c>#10</c> follows <c>#9</c>.</summary>
    private static long Order(string number)
    {
        var end = number.Length;
        while (end > 0 && !char.IsAsciiDigit(number[end - 1]))
            end--;
        var start = end;
        while (start > 0 && char.IsAsciiDigit(number[start - 1]) && end - start < 18)
            start--;
        return start == end ? 0 : long.Parse(number.AsSpan(start, end - start), CultureInfo.InvariantCulture);
    }
}
