using DevopsCd.Core.Data;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Changes;

/// <summary>
/// Writes down with each save what it changes in batches, so that nobody who changes something has to think of those who follow it. A claim of a
/// call is no change: it goes past the context, and the call's answer follows it.
/// </summary>
internal sealed class ChangeRecorder(ChangedBatches changed, TimeProvider clock) : SaveChangesInterceptor
{
    /// <summary>What readers see of an operation; its other columns are the engine's own.</summary>
    private static readonly HashSet<string> s_shown =
    [
        nameof(Deployment.Status), nameof(Deployment.Tries), nameof(Deployment.MayRun), nameof(Deployment.Triage), nameof(Deployment.Restarts),
        nameof(Deployment.Error), nameof(Deployment.FinishedAt),
        nameof(Deployment.DeadlineAt), nameof(Deployment.LateSince), nameof(Deployment.PreviousImage), nameof(Deployment.PreviousRevision)
    ];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        Record(eventData.Context);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Record(eventData.Context);
        return ValueTask.FromResult(result);
    }

    private void Record(DbContext? context)
    {
        if (context is not CdDbContext db)
            return;
        // Once, and not whenever it is asked for entries.
        db.ChangeTracker.DetectChanges();
        var told = db.WithoutLooking(() => Changed(db));
        if (told.Count > 0)
            db.AfterCommit(() => changed.Tell(told));
    }

    /// <summary>Adds the changes; gives the batches.</summary>
    private HashSet<long> Changed(CdDbContext db)
    {
        // Of a save that has failed: this one writes them anew. Nobody is called back after every kind of failure.
        foreach (var unsaved in db.ChangeTracker.Entries<BatchChange>().Where(entry => entry.State == EntityState.Added).ToList())
            unsaved.State = EntityState.Detached;
        var entries = db.ChangeTracker.Entries().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList();
        var now = clock.GetUtcNow();
        var told = new HashSet<long>();
        foreach (var row in entries.Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity).OfType<BatchEvent>())
        {
            // An event of a batch that does not exist.
            if (row.BatchId is not { } batchId)
                continue;
            told.Add(batchId);
            db.Add(new BatchChange { BatchId = batchId, Event = row, At = now });
        }
        foreach (var batch in entries.SelectMany(Released).GroupBy(change => change.BatchId))
        {
            told.Add(batch.Key);
            var releases = batch.GroupBy(change => change.Change.ReleaseId).Select(Together);
            db.Add(new BatchChange { BatchId = batch.Key, Releases = ChangedRelease.Write(releases), At = now });
        }
        foreach (var batchId in entries.Select(Touched).OfType<long>().Distinct().Where(told.Add).ToList())
            db.Add(new BatchChange { BatchId = batchId, At = now });
        return told;
    }

    /// <summary>The application that a row's change belongs to. One that is new has no id yet: its batch is told, or the audit's row of it.</summary>
    private static IEnumerable<(long BatchId, ChangedRelease Change)> Released(EntityEntry entry)
    {
        switch (entry)
        {
            case { Entity: Deployment operation, State: EntityState.Added }:
            case { Entity: Deployment, State: EntityState.Modified } when entry.Properties.Any(p => p.IsModified && s_shown.Contains(p.Metadata.Name)):
                operation = (Deployment)entry.Entity;
                yield return (operation.BatchId, new ChangedRelease(operation.ReleaseId, null, [operation.View()]));
                break;
            case { Entity: BatchRelease release, State: EntityState.Modified }:
                yield return (release.BatchId, new ChangedRelease(release.Id, new ReleaseOutcomes(
                    EnumNames<ReleaseStatus>.Of(release.PreStatus), EnumNames<ReleaseStatus>.Of(release.ProdStatus),
                    EnumNames<ReleaseStatus>.Of(release.RollbackStatus), release.StatusReason), []));
                break;
        }
    }

    private static long? Touched(EntityEntry entry) => entry switch
    {
        { Entity: Batch batch, State: EntityState.Modified } => batch.Id,
        { Entity: BatchRelease release, State: EntityState.Added or EntityState.Deleted } => release.BatchId,
        _ => null
    };

    private static ChangedRelease Together(IGrouping<long, (long BatchId, ChangedRelease Change)> changes) => new(
        changes.Key, changes.Select(change => change.Change.Outcomes).LastOrDefault(outcomes => outcomes is not null),
        [.. changes.SelectMany(change => change.Change.Deployments)]);
}
