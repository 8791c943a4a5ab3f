using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Changes of an open batch by people: its title, its applications, their branches, pins and order. Only before sealing (R15).</summary>
internal sealed class ReleaseEditor(
    CdDbContext db, BuildQueries builds, BatchFactory factory, AuditWriter journal, SeenBatch seen, ApprovedContent approved,
    TimeProvider clock)
{
    /// <summary>
    /// Adds applications. What is in the batch already and by the catalogue comes after one of them waits for it, unless a person has set its order.
    /// </summary>
    /// <exception cref="BatchRefusedException">The batch or an application does not allow it.</exception>
    public Task AddAsync(long batchId, IReadOnlyList<ReleaseItem> items, Precondition precondition, Subject by, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => AddLockedAsync(batchId, items, precondition, by, cancellationToken), cancellationToken);

    /// <summary>Takes an application out. What waited for it waits no longer.</summary>
    /// <exception cref="BatchRefusedException">The batch does not allow it, or has no such application, or no other.</exception>
    public Task RemoveAsync(long batchId, string application, Precondition precondition, string by, CancellationToken cancellationToken) =>
        db.InTransactionAsync(() => RemoveLockedAsync(batchId, application, precondition, by, cancellationToken), cancellationToken);

    /// <summary>Changes title or project.</summary>
    /// <exception cref="BatchRefusedException">The batch or the change does not allow it.</exception>
    public Task ChangeAsync(long batchId, BatchChange change, Precondition precondition, string by, CancellationToken cancellationToken) => change switch
    {
        { Title: null, Project: null } => throw BatchRefusedException.Content("title", "say what to change: title or project"),
        { Title: { } title } when string.IsNullOrWhiteSpace(title) => throw BatchRefusedException.Content("title", "must be 1 to 200 characters"),
        _ => db.InTransactionAsync(() => ChangeLockedAsync(batchId, change, precondition, by, cancellationToken), cancellationToken)
    };

    /// <summary>Changes one application of a batch.</summary>
    /// <exception cref="BatchRefusedException">The batch or the change does not allow it.</exception>
    public Task ChangeAsync(long batchId, string application, ReleaseChange change, Precondition precondition, string by,
        CancellationToken cancellationToken) => change is { BuildNumber: null, DependsOn: null, Branch: null }
        ? throw BatchRefusedException.Content("buildNumber", "say what to change: branch, buildNumber (\"\" unpins) or dependsOn")
        : db.InTransactionAsync(() => ChangeLockedAsync(batchId, application, change, precondition, by, cancellationToken), cancellationToken);

    private async Task ChangeLockedAsync(long batchId, string application, ReleaseChange change, Precondition precondition, string by,
        CancellationToken cancellationToken)
    {
        await db.LockApplicationsAsync([application], cancellationToken);
        var (batch, releases) = await LockAsync(batchId, cancellationToken);
        var release = Find(batch, releases, application);
        await CheckOpenAsync(batch, releases, precondition, cancellationToken);

        if (change.Branch is { } branch)
            await FollowAsync(batch, release, branch, by, cancellationToken);
        if (change.BuildNumber is { } number)
            await PinAsync(batch, release, number, by, cancellationToken);
        if (change.DependsOn is { } dependsOn)
            Depend(batch, release, releases, dependsOn, by);
        await ChangedAsync(batch, cancellationToken);
    }

    /// <summary>The content is another one: that may undo its approval.</summary>
    private async Task ChangedAsync(Batch batch, CancellationToken cancellationToken)
    {
        await db.SaveChangesAsync(cancellationToken);
        await approved.ChangedAsync(batch, cancellationToken);
    }

    private async Task AddLockedAsync(
        long batchId, IReadOnlyList<ReleaseItem> items, Precondition precondition, Subject asker, CancellationToken cancellationToken)
    {
        var by = asker.Operator;
        var apps = await db.LockApplicationsAsync([.. items.Select(i => i.Application)], cancellationToken);
        var (batch, releases) = await LockAsync(batchId, cancellationToken);
        await CheckOpenAsync(batch, releases, precondition, cancellationToken);
        var before = releases.Select(r => r.App.Name).ToHashSet(StringComparer.Ordinal);
        var added = await factory.AddAsync(batch, items, before, apps, asker, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var release in added)
            await db.Entry(release).Reference(r => r.Build).LoadAsync(cancellationToken);
        List<BatchRelease> all = [.. releases, .. added];
        foreach (var release in added)
            journal.Note(batch, "application_added", by, EventSource.Http,
                $"{release.App.Name}: {BuildWords.Number(release.Build?.BuildNumber)} of {release.Branch}", ContentHistory.Added(release));
        var names = all.Select(r => r.App.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var release in releases.Where(r => r.DependsOn.ToHashSet().SetEquals(r.App.DependsOn.Where(before.Contains))))
            if (release.App.DependsOn.Where(names.Contains).ToList() is var usual && usual.Exists(name => !before.Contains(name)))
                Depend(batch, release, all, usual, by);
        RefuseCycle(all);
        batch.UpdatedAt = clock.GetUtcNow();
        await ChangedAsync(batch, cancellationToken);
    }

    private async Task RemoveLockedAsync(long batchId, string application, Precondition precondition, string by, CancellationToken cancellationToken)
    {
        await db.LockApplicationsAsync([application], cancellationToken);
        var (batch, releases) = await LockAsync(batchId, cancellationToken);
        var release = Find(batch, releases, application);
        await CheckOpenAsync(batch, releases, precondition, cancellationToken);
        if (releases.Count == 1)
            throw new BatchRefusedException(RefusalKind.Illegal,
                $"{application} is the only application of batch {batch.BatchNumber}; cancel the batch instead")
            { State = batch.Status };
        if (await db.Deployments.AnyAsync(d => d.ReleaseId == release.Id, cancellationToken))
            throw new BatchRefusedException(RefusalKind.Illegal, $"{application} has been deployed by batch {batch.BatchNumber} already")
            { State = batch.Status };
        releases.Remove(release);
        foreach (var waiting in releases.Where(r => r.DependsOn.Contains(application)))
            Depend(batch, waiting, releases, [.. waiting.DependsOn.Where(name => name != application)], by);
        journal.Note(batch, "application_removed", by, EventSource.Http,
            $"{application}: {BuildWords.Number(release.Build?.BuildNumber)} of {release.Branch}", ContentHistory.Removed(release));
        db.Releases.Remove(release);
        batch.UpdatedAt = clock.GetUtcNow();
        await ChangedAsync(batch, cancellationToken);
    }

    private async Task ChangeLockedAsync(long batchId, BatchChange change, Precondition precondition, string by, CancellationToken cancellationToken)
    {
        if (change.Project is { Length: > 0 } wanted)
            await db.RequireProjectAsync(wanted, cancellationToken);
        var (batch, releases) = await LockAsync(batchId, cancellationToken);
        await CheckOpenAsync(batch, releases, precondition, cancellationToken);
        if (change.Title?.Trim() is { } title && title != batch.Title)
        {
            journal.Note(batch, "title_changed", by, EventSource.Http, $"{batch.Title} → {title}", null);
            batch.Title = title;
        }
        var project = change.Project is null ? batch.Project : change.Project.Length == 0 ? null : change.Project;
        if (project != batch.Project)
        {
            journal.Note(batch, "project_changed", by, EventSource.Http, $"{batch.Project ?? "none"} → {project ?? "none"}", null);
            batch.Project = project;
        }
        batch.UpdatedAt = clock.GetUtcNow();
    }

    private async Task<(Batch Batch, List<BatchRelease> Releases)> LockAsync(long batchId, CancellationToken cancellationToken)
    {
        var batch = await db.LockBatchAsync(batchId, cancellationToken)
            ?? throw new BatchRefusedException(RefusalKind.NotFound, $"there is no batch {batchId}");
        return (batch, await db.ContentOf(batchId).ToListAsync(cancellationToken));
    }

    /// <summary>The batch is as it was seen, and its content is not fixed.</summary>
    private async Task CheckOpenAsync(Batch batch, List<BatchRelease> releases, Precondition precondition, CancellationToken cancellationToken)
    {
        await seen.CheckAsync(batch, releases, precondition, cancellationToken);
        if (!BatchStatus.Refreshes(batch.Status))
            throw new BatchRefusedException(RefusalKind.Illegal, $"the content of a batch in {batch.Status} is fixed") { State = batch.Status };
    }

    private async Task FollowAsync(Batch batch, BatchRelease release, string branch, string by, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(branch))
            throw BatchRefusedException.Content("branch", "must not be empty");
        var (was, before) = (ReleaseContent.Of(release), BuildWords.Number(release.Build?.BuildNumber));
        var (from, to) = (release.FollowedBranch ?? release.Branch, GitRef.Short(branch));
        if (from == to)
            return;
        release.Follow(to);
        var newest = release.PinnedBy is null ? await TakeNewestAsync(release, to, cancellationToken) : null;
        journal.Note(batch, "branch_changed", by, EventSource.Http, release.PinnedBy is null
            ? (Sentence)$"{release.App.Name}: {from} → {to}; {before} → {BuildWords.Number(newest?.BuildNumber)}"
            : (Sentence)$"{release.App.Name}: {from} → {to}, once it is no longer pinned",
            ContentHistory.Detail(was, release, release.PinnedBy is null ? newest?.BuildNumber : was.BuildNumber));
    }

    private async Task PinAsync(Batch batch, BatchRelease release, string number, string by, CancellationToken cancellationToken)
    {
        var (was, before) = (ReleaseContent.Of(release), BuildWords.Number(release.Build?.BuildNumber));
        if (number.Length == 0)
        {
            release.Unpin();
            var newest = await TakeNewestAsync(release, release.Branch, cancellationToken);
            journal.Note(batch, "unpinned", by, EventSource.Http,
                $"{release.App.Name}: {before} → {BuildWords.Number(newest?.BuildNumber)}; follows {release.Branch}",
                    ContentHistory.Detail(was, release, newest?.BuildNumber));
            return;
        }
        var build = await builds.FindAsync(release.AppId, number, cancellationToken);
        if (build is not { BuildStatus: BuildStatus.Success })
            throw BatchRefusedException.Content("buildNumber", $"'{number}' is not a successful build of {release.App.Name}");
        release.Pin(build, by);
        // It may be of another branch, and "a newer one exists" is said of the branch it is on.
        release.LatestBuildId = (await builds.NewestAsync(release.AppId, build.Branch, cancellationToken))?.Id;
        journal.Note(batch, "pinned", by, EventSource.Http, $"{release.App.Name}: {before} → {number}", ContentHistory.Detail(was, release, number));
    }

    /// <summary>The newest build of a branch becomes the release's, if there is one.</summary>
    private async Task<Build?> TakeNewestAsync(BatchRelease release, string branch, CancellationToken cancellationToken)
    {
        var newest = await builds.NewestAsync(release.AppId, branch, cancellationToken);
        if (newest is not null)
        {
            release.Take(newest);
            release.LatestBuildId = newest.Id;
        }
        return newest;
    }

    private void Depend(Batch batch, BatchRelease release, List<BatchRelease> releases, IReadOnlyList<string> dependsOn, string by)
    {
        var strangers = dependsOn.Except(releases.Select(r => r.App.Name), StringComparer.Ordinal).ToList();
        if (strangers.Count > 0)
            throw BatchRefusedException.Content("dependsOn", $"not in this batch: {string.Join(", ", strangers)}");
        var was = ReleaseContent.Of(release);
        release.DependsOn = [.. dependsOn.Distinct(StringComparer.Ordinal)];
        RefuseCycle(releases);
        journal.Note(batch, "dependencies_changed", by, EventSource.Http, $"{release.App.Name} depends on: {string.Join(", ", dependsOn)}",
            ContentHistory.Detail(was, release, release.Build?.BuildNumber));
    }

    private static void RefuseCycle(IEnumerable<BatchRelease> releases)
    {
        if (DependencyOrder.Cycle(releases.ToDictionary(r => r.App.Name, r => (IReadOnlyList<string>)r.DependsOn)) is { } cycle)
            throw BatchRefusedException.Content("dependsOn", $"would close a cycle: {string.Join(" → ", cycle)}");
    }

    private static BatchRelease Find(Batch batch, List<BatchRelease> releases, string application) => releases.SingleOrDefault(r => r.App.Name == application)
        ?? throw new BatchRefusedException(RefusalKind.NotFound, $"batch {batch.BatchNumber} has no application '{application}'");
}
