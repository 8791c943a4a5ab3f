using DevopsCd.Core.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Auditing;

/// <summary>
/// Chains the rows of the audit in the save that writes them. The chain's own row is locked until the commit, as the last lock of a transaction:
/// rows of one batch are written one after the other, also those that are written without the batch's lock.
/// </summary>
internal sealed class AuditChains : SaveChangesInterceptor
{
    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is CdDbContext db)
            foreach (var rows in Added(db).GroupBy(row => row.BatchCorrelationId).OrderBy(rows => rows.Key))
            {
                var chain = await LockAsync(db, rows.Key, cancellationToken);
                // The first row since the chain is kept, of a batch that was there before.
                if (chain.Length == 0)
                    await AdoptAsync(db, chain, cancellationToken);
                foreach (var row in rows)
                    chain.Append(row);
            }
        return result;
    }

    // What a failed save has put to the end of a chain is not there.
    public override void SaveChangesFailed(DbContextErrorEventData eventData) => Forget(eventData.Context);

    public override Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Forget(eventData.Context);
        return Task.CompletedTask;
    }

    /// <summary>Has the end of a batch's chain locked and read together with other queries, in a transaction that will add rows; PostgreSQL only.</summary>
    /// <param name="db">In the transaction.</param>
    /// <param name="queries">Of the same context.</param>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <returns>To be called when the queries have been read: whether there is a chain, so that nobody else adds rows until the transaction ends.</returns>
    public static Func<bool> LockWith(CdDbContext db, QueryBatch queries, Guid batchId)
    {
        Release(db, batchId);
        var chains = queries.Add(Locked(db, batchId));
        return () =>
        {
            if (chains.SingleOrDefault() is not { } chain)
                return false;
            chain.LockedIn = db.Database.CurrentTransaction?.TransactionId;
            return true;
        };
    }

    /// <summary>Whether rows of a batch were written without being chained: by a version that kept no chain.</summary>
    public static Task<bool> HasUnchainedAsync(CdDbContext db, Guid batchId, CancellationToken cancellationToken) =>
        Unchained(db, batchId).AnyAsync(cancellationToken);

    /// <summary>Chains them, in the order in which they were written.</summary>
    /// <param name="db">In a transaction.</param>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task AdoptAsync(CdDbContext db, Guid batchId, CancellationToken cancellationToken)
    {
        await AdoptAsync(db, await LockAsync(db, batchId, cancellationToken), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async Task AdoptAsync(CdDbContext db, AuditChain chain, CancellationToken cancellationToken)
    {
        foreach (var row in await Unchained(db, chain.BatchCorrelationId).OrderBy(e => e.Id).ToListAsync(cancellationToken))
        {
            chain.Append(row);
            chain.Adopted++;
        }
    }

    private static IQueryable<BatchEvent> Unchained(CdDbContext db, Guid batchId) =>
        db.BatchEvents.Where(e => e.BatchCorrelationId == batchId && e.Hash == null);

    /// <summary>In the order in which they will be inserted.</summary>
    private static IReadOnlyList<BatchEvent> Added(CdDbContext db) =>
        // An id that was taken before is smaller than those that the inserts will take.
        [.. db.TrackedEntries<BatchEvent>().Where(e => e.State == EntityState.Added).OrderBy(e => e.Property(r => r.Id).IsTemporary)
            .ThenBy(e => e.Property(r => r.Id).CurrentValue).Select(e => e.Entity)];

    private static EntityEntry<AuditChain>? Known(CdDbContext db, Guid batchId) =>
        db.TrackedEntries<AuditChain>().FirstOrDefault(chain => chain.Entity.BatchCorrelationId == batchId);

    /// <summary>The end of a chain, held until the transaction ends.</summary>
    /// <exception cref="InvalidOperationException">There is no transaction.</exception>
    private static async Task<AuditChain> LockAsync(CdDbContext db, Guid batchId, CancellationToken cancellationToken)
    {
        if (db.Database.CurrentTransaction is not { } transaction)
            throw new InvalidOperationException("rows of the audit are written in a transaction, which keeps them in line");
        if (Known(db, batchId)?.Entity is { LockedIn: { } lockedIn } held && lockedIn == transaction.TransactionId)
            return held;
        Release(db, batchId);
        if (await FindAsync() is { } there)
            return there;
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO audit_chains (batch_correlation_id, length, hash, adopted) VALUES ({batchId}, 0, '', 0)
            ON CONFLICT (batch_correlation_id) DO NOTHING
            """, cancellationToken);
        return (await FindAsync())!;

        async Task<AuditChain?> FindAsync()
        {
            if (await Locked(db, batchId).SingleOrDefaultAsync(cancellationToken) is not { } chain)
                return null;
            chain.LockedIn = transaction.TransactionId;
            return chain;
        }
    }

    private static IQueryable<AuditChain> Locked(CdDbContext db, Guid batchId) => db.Database.IsNpgsql()
        // By their names: a statement that is kept prepared outlives a migration that adds a column.
        ? db.Set<AuditChain>().FromSql(
            $"SELECT batch_correlation_id, length, hash, adopted FROM audit_chains WHERE batch_correlation_id = {batchId} FOR UPDATE")
        : db.Set<AuditChain>().Where(c => c.BatchCorrelationId == batchId);

    /// <summary>What another transaction of this context has read may be old.</summary>
    private static void Release(CdDbContext db, Guid batchId)
    {
        if (Known(db, batchId) is { } known)
            known.State = EntityState.Detached;
    }

    private static void Forget(DbContext? context)
    {
        if (context is CdDbContext db)
            foreach (var chain in db.TrackedEntries<AuditChain>())
                chain.Entity.LockedIn = null;
    }
}
