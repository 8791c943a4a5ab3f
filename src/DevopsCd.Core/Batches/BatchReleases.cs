using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>The releases of a batch for all that one scope does with them: read once, with application and build.</summary>
internal sealed class BatchReleases(CdDbContext db, BatchPolicies policies, AuditWriter journal)
{
    private readonly Dictionary<(long Batch, bool IsTracked), List<BatchRelease>> _read = [];
    private readonly Dictionary<long, ILookup<long, ApplicationTarget>> _targets = [];
    private ReadInTransaction<(long Batch, bool IsTracked)>? _readWithLock;

    public async Task<IReadOnlyList<BatchRelease>> OfAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (!_read.TryGetValue(KeyOf(batch), out var releases))
            _read[KeyOf(batch)] = releases = await Stored(batch).ToListAsync(cancellationToken);
        return releases;
    }

    /// <summary>Has them read with the lock of their batch.</summary>
    /// <param name="queries">Those that are read with it.</param>
    /// <param name="correlationId">The batch.</param>
    /// <returns>To be called with the batch when the queries have been read.</returns>
    public Action<Batch> ReadWithLock(QueryBatch queries, Guid correlationId)
    {
        var releases = queries.Add(db.ContentOf(r => r.Batch.CorrelationId == correlationId).OrderBy(r => r.Id));
        return batch =>
        {
            Know(batch, releases);
            _readWithLock = new(db, KeyOf(batch));
        };
    }

    /// <summary>
    /// Reads in one round trip what a decision about the content needs: the releases, and the policies that the batch goes by. What this
    /// transaction has read with the batch's lock is not read again.
    /// </summary>
    public async Task ReadAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (_readWithLock is { Holds: true, Value: var read } && read == KeyOf(batch))
            return;
        var queries = new QueryBatch(db);
        var known = policies.ReadWith(queries, batch.Id);
        var releases = queries.Add(Stored(batch));
        await queries.ReadAsync(cancellationToken);
        known();
        Know(batch, releases);
    }

    private void Know(Batch batch, IReadOnlyCollection<BatchRelease> releases)
    {
        _read[KeyOf(batch)] = [.. releases];
        journal.Applications(batch, releases.Count);
    }

    private IQueryable<BatchRelease> Stored(Batch batch)
    {
        var content = db.ContentOf(batch.Id).OrderBy(r => r.Id);
        return IsTracked(batch) ? content : content.AsNoTracking();
    }

    private (long Batch, bool IsTracked) KeyOf(Batch batch) => (batch.Id, IsTracked(batch));

    /// <summary>Of a batch that is only looked at, its releases are only looked at, too: to follow the changes of hundreds takes most of the time.</summary>
    private bool IsTracked(Batch batch) => db.Entry(batch).State != EntityState.Detached;

    /// <summary>The deploy settings of its applications, by application.</summary>
    public async Task<ILookup<long, ApplicationTarget>> TargetsAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (!_targets.TryGetValue(batch.Id, out var targets))
        {
            var apps = (await OfAsync(batch, cancellationToken)).Select(r => r.AppId).ToList();
            _targets[batch.Id] = targets =
                (await db.Targets.AsNoTracking().Where(t => apps.Contains(t.ApplicationId)).ToListAsync(cancellationToken)).ToLookup(t => t.ApplicationId);
        }
        return targets;
    }
}
