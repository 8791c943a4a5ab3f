using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>The old batch's part of a split, in the transaction that makes the new one.</summary>
internal sealed class ReleaseCarving(CdDbContext db, SeenBatch seen, AuditWriter journal, Notices notices, TimeProvider clock)
{
    private static readonly string[] s_states = [BatchStatus.Sealed, BatchStatus.PreDeployed];

    /// <summary>Whether a batch in a state can be split.</summary>
    public static bool IsPossible(string state) => s_states.Contains(state, StringComparer.Ordinal);

    /// <summary>The names of the applications that would leave a batch now.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync(SplitOrigin split, CancellationToken cancellationToken) =>
        Leaving(split, await Stored(split).AsNoTracking().ToListAsync(cancellationToken));

    /// <summary>Locks the batch and gives its releases that leave it; their applications are locked already.</summary>
    /// <param name="split">What is to leave it.</param>
    /// <param name="applications">The names of the applications that are locked.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">The batch, or what depends on them in it, does not allow it.</exception>
    public async Task<LeavingReleases> TakeAsync(
        SplitOrigin split, IReadOnlyCollection<string> applications, CancellationToken cancellationToken)
    {
        var batch = await db.LockBatchAsync(split.BatchId, cancellationToken)
            ?? throw new BatchRefusedException(RefusalKind.NotFound, $"there is no batch {split.BatchId}");
        var content = await Stored(split).ToListAsync(cancellationToken);
        await seen.CheckAsync(batch, content, split.Seen, cancellationToken);
        Check(batch, content, applications);
        if (!Leaving(split, content).ToHashSet(StringComparer.Ordinal).SetEquals(applications))
            throw new BatchRefusedException(RefusalKind.Stale, $"the dependencies in batch {batch.BatchNumber} have changed meanwhile; read it again")
            {
                State = batch.Status
            };
        return new LeavingReleases(batch, [.. content.Where(r => applications.Contains(r.App.Name))]);
    }

    /// <summary>Both batches say what has happened.</summary>
    /// <param name="from">The batch that the applications have left.</param>
    /// <param name="batch">The new one, which has them.</param>
    /// <param name="applications">Their names.</param>
    /// <param name="by">Who wanted it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RecordAsync(Batch from, Batch batch, IEnumerable<string> applications, string by, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        from.Carve(now);
        var names = string.Join(", ", applications.Order(StringComparer.Ordinal));
        journal.Note(from, "applications_split", by, EventSource.Http, $"{names} → {batch.BatchNumber}", null);
        journal.Because($"{names} ← {from.BatchNumber}");
        await notices.AddAsync(Notice.Split(from, batch, names, by, now), cancellationToken);
    }

    private IQueryable<BatchRelease> Stored(SplitOrigin split) =>
        db.ContentOf(split.BatchId).OrderBy(r => r.Id);

    private static List<string> Leaving(SplitOrigin split, IReadOnlyCollection<BatchRelease> content)
    {
        var leaving = split.Applications.ToList();
        for (var i = 0; split.WithDependents && i < leaving.Count; i++)
            leaving.AddRange(content.Where(r => r.DependsOn.Contains(leaving[i])).Select(r => r.App.Name).Except(leaving, StringComparer.Ordinal).ToList());
        return leaving;
    }

    private static void Check(Batch batch, IReadOnlyCollection<BatchRelease> content, IReadOnlyCollection<string> leaving)
    {
        if (!IsPossible(batch.Status))
            throw Illegal(batch, $"only a sealed or pre-deployed batch is split; {batch.BatchNumber} is in {batch.Status}");
        if (batch.Prod.Dirty)
            throw Illegal(batch, "production has moved; deploy the rest, or roll it back, before the batch is split");
        var names = content.Select(r => r.App.Name).ToHashSet(StringComparer.Ordinal);
        if (leaving.Where(name => !names.Contains(name)).ToList() is { Count: > 0 } strangers)
            throw BatchRefusedException.Content("applications", $"not in this batch: {string.Join(", ", strangers)}");
        if (leaving.Count == names.Count)
            throw BatchRefusedException.Content("applications", $"nothing would be left in batch {batch.BatchNumber}; reopen it instead");
        if (content.Where(r => !leaving.Contains(r.App.Name) && r.DependsOn.Any(leaving.Contains)).Select(r => r.App.Name)
            .Order(StringComparer.Ordinal).ToList() is { Count: > 0 } waiting)
            throw BatchRefusedException.Content("applications", $"what depends on them has to go with them: {string.Join(", ", waiting)}");
    }

    private static BatchRefusedException Illegal(Batch batch, Sentence reason) => new(RefusalKind.Illegal, reason) { State = batch.Status };
}

/// <summary>Releases that leave their batch, which is locked.</summary>
internal sealed record LeavingReleases(Batch Batch, IReadOnlyList<BatchRelease> Releases);
