using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Changes of an open batch's content by people: pins and dependencies. Only before sealing.</summary>
internal sealed class BatchContent(CdDbContext db, BuildQueries builds, BatchJournal journal)
{
    /// <exception cref="BatchRefused">The batch or the change does not allow it.</exception>
    public Task Change(long batchId, string application, ReleaseChange change, string by, CancellationToken cancellationToken) => change is { BuildNumber: null, DependsOn: null }
        ? throw BatchRefused.Content("buildNumber", "say what to change: buildNumber (\"\" unpins) or dependsOn")
        : db.InTransaction(() => ChangeLocked(batchId, application, change, by, cancellationToken), cancellationToken);

    private async Task ChangeLocked(long batchId, string application, ReleaseChange change, string by, CancellationToken cancellationToken)
    {
        await db.LockApplications([application], cancellationToken);
        var batch = await db.LockBatch(batchId, cancellationToken) ?? throw new BatchRefused(RefusalKind.NotFound, $"there is no batch {batchId}");
        var releases = await db.Releases.Include(r => r.App).Include(r => r.Build).Where(r => r.BatchId == batchId).ToListAsync(cancellationToken);
        var release = releases.SingleOrDefault(r => r.App.Name == application)
            ?? throw new BatchRefused(RefusalKind.NotFound, $"batch {batch.BatchNumber} has no application '{application}'");
        if (!BatchStatus.Refreshes(batch.Status))
            throw new BatchRefused(RefusalKind.Illegal, $"the content of a batch in {batch.Status} is fixed") { State = batch.Status };

        if (change.BuildNumber is { } number)
            await Pin(batch, release, number, by, cancellationToken);
        if (change.DependsOn is { } dependsOn)
            Depend(batch, release, releases, dependsOn, by);
    }

    private async Task Pin(Batch batch, BatchRelease release, string number, string by, CancellationToken cancellationToken)
    {
        var before = release.Build?.BuildNumber ?? "no build";
        if (number.Length == 0)
        {
            release.Unpin();
            var newest = await builds.Newest(release.AppId, release.Branch, cancellationToken);
            if (newest is not null)
            {
                release.Take(newest);
                release.LatestBuildId = newest.Id;
            }
            journal.Note(batch, "unpinned", by, EventSource.Http, $"{release.App.Name}: {before} → {newest?.BuildNumber ?? "no build"}; follows {release.Branch}", null);
            return;
        }
        var build = await builds.Find(release.AppId, number, cancellationToken);
        if (build is not { BuildStatus: BuildStatus.Success })
            throw BatchRefused.Content("buildNumber", $"'{number}' is no successful build of {release.App.Name}");
        release.Pin(build, by);
        // It may be of another branch, and "a newer one exists" is said of the branch it is on.
        release.LatestBuildId = (await builds.Newest(release.AppId, build.Branch, cancellationToken))?.Id;
        journal.Note(batch, "pinned", by, EventSource.Http, $"{release.App.Name}: {before} → {number}", null);
    }

    private void Depend(Batch batch, BatchRelease release, List<BatchRelease> releases, IReadOnlyList<string> dependsOn, string by)
    {
        var strangers = dependsOn.Except(releases.Select(r => r.App.Name), StringComparer.Ordinal).ToList();
        if (strangers.Count > 0)
            throw BatchRefused.Content("dependsOn", $"not in this batch: {string.Join(", ", strangers)}");
        release.DependsOn = [.. dependsOn.Distinct(StringComparer.Ordinal)];
        if (DependencyOrder.Cycle(releases.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn)) is { } cycle)
            throw BatchRefused.Content("dependsOn", $"would close a cycle: {string.Join(" → ", cycle)}");
        journal.Note(batch, "dependencies_changed", by, EventSource.Http, $"{release.App.Name} depends on: {string.Join(", ", dependsOn)}", null);
    }
}
