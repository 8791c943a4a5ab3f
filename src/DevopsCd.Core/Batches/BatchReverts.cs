using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Takes back what an accepted batch has released (R19). It has ended and never changes again; so that is a new batch, pinned to what ran before
/// and in the reverse order, for people to approve.
/// </summary>
internal sealed class BatchReverts(CdDbContext db, BatchReleases releases, SeenBatch seenBatch, BuildQueries builds, BatchCommands commands)
{
    private const int LongestTitle = 200;

    /// <param name="id">The accepted batch.</param>
    /// <param name="wanted">How the new one is to be called.</param>
    /// <param name="seen">As what the batch was seen.</param>
    /// <param name="asker">Who wants it, and must have the right to create it.</param>
    /// <param name="idempotencyKey">The sender's key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was decided about the new batch, and what is not in it; null when there is no such batch.</returns>
    /// <exception cref="BatchRefusedException">The batch was seen otherwise, was not accepted, or nothing of it can be taken back.</exception>
    public async Task<(CommandResult Result, IReadOnlyList<NotReverted> Left)?> RevertAsync(
        long id, RevertBody? wanted, Precondition seen, Subject asker, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        var content = await releases.OfAsync(batch, cancellationToken);
        await seenBatch.CheckAsync(batch, content, seen, cancellationToken);
        if (batch.Status != BatchStatus.FinalAccepted)
            throw new BatchRefusedException(RefusalKind.Illegal,
                $"only an accepted batch is reverted by a new one; {batch.BatchNumber} is in {batch.Status}")
            { State = batch.Status };
        var (pinned, left) = await BeforeAsync(batch, cancellationToken);
        if (pinned.Count == 0)
            throw new BatchRefusedException(RefusalKind.Illegal,
                $"nothing can be taken back: {string.Join("; ", left.Select(l => $"{l.Application}: {l.Reason}"))}")
            {
                State = batch.Status
            };
        var order = Stage.Rollback.Order(content.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn));
        var result = await commands.CreateAsync(new NewBatch
        {
            Title = Short(string.IsNullOrWhiteSpace(wanted?.Title) ? $"Revert of {batch.BatchNumber}: {batch.Title}" : wanted.Title),
            BatchNumber = wanted?.BatchNumber,
            Project = batch.Project,
            Releases = [.. pinned.Select(p => new ReleaseItem
            {
                Application = p.Key,
                Branch = p.Value.Branch,
                BuildNumber = p.Value.BuildNumber,
                DependsOn = [.. order[p.Key].Where(pinned.ContainsKey)]
            })]
        }, asker, idempotencyKey, cancellationToken);
        return (result, left);
    }

    private async Task<(Dictionary<string, Build> Pinned, List<NotReverted> Left)> BeforeAsync(Batch batch, CancellationToken cancellationToken)
    {
        var stages = Stage.Rollback.OfSamePlace();
        var operations = (await db.Deployments.AsNoTracking().Where(d => d.BatchId == batch.Id && stages.Contains(d.Stage)).OrderBy(d => d.Id)
            .ToListAsync(cancellationToken)).ToLookup(d => d.ReleaseId);
        var (pinned, left) = (new Dictionary<string, Build>(StringComparer.Ordinal), new List<NotReverted>());
        foreach (var release in await releases.OfAsync(batch, cancellationToken))
        {
            var undone = operations[release.Id].GroupBy(d => d.Cluster, StringComparer.Ordinal)
                .Select(place => StageUndo.Of([.. place.Select(StageOperation.Of)])).ToList();
            var images = undone.Select(u => u.Undo?.Previous?.Image).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
            var build = images.Count == 1 ? await builds.OfImageAsync(release.AppId, images[0], cancellationToken) : null;
            if (build is not null && images[0] != release.Image)
                pinned.Add(release.App.Name, build);
            else
                left.Add(new NotReverted { Application = release.App.Name, Reason = WhyNot(release, undone, images) });
        }
        return (pinned, left);
    }

    private static string WhyNot(BatchRelease release, List<StageUndo> undone, List<string> images) => images switch
    {
        { Count: > 1 } => $"its clusters ran different versions: {string.Join(", ", images)}",
        [var image] when image == release.Image => "it ran this version before, too",
        [var image] => $"no successful build with the image {image} is known",
        _ => undone.Select(u => u.Kept).FirstOrDefault(k => k is not null and not StageUndo.NotMoved)
            ?? (undone.Exists(u => u.Undo is not null) ? "which image ran before is not recorded" : StageUndo.NotMoved)
    };

    private static string Short(string title) => title.Length > LongestTitle ? title[..LongestTitle] : title;
}
