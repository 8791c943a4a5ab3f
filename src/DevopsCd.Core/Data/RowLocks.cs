using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.EntityFrameworkCoreIntegration.Saga;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>
/// Row locks of the present transaction. The order is: applications by id, then the batch, then everything else.
/// SQLite has one writer at a time, so a read inside a transaction is a lock there.
/// </summary>
internal static class RowLocks
{
    public static Task<Batch?> LockBatchAsync(this CdDbContext db, Guid correlationId, CancellationToken cancellationToken) =>
        db.LockInstanceAsync<Batch>(nameof(Batch.CorrelationId), correlationId, cancellationToken);

    public static Task<Batch?> LockBatchAsync(this CdDbContext db, long id, CancellationToken cancellationToken) =>
        db.LockInstanceAsync<Batch>(nameof(Batch.Id), id, cancellationToken);

    /// <summary>A name that has no row yet, until the transaction ends.</summary>
    public static async Task LockNameAsync(this CdDbContext db, string name, CancellationToken cancellationToken)
    {
        if (db.Database.IsNpgsql())
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({name}, 0))", cancellationToken);
    }

    /// <summary>
    /// Registered applications by name. Whoever stores a build or opens a batch takes this lock, so that a build that arrives while
    /// a batch opens is seen by one of the two (R2).
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, Application>> LockApplicationsAsync(this CdDbContext db, IReadOnlyCollection<string> names,
        CancellationToken cancellationToken)
    {
        var wanted = names.ToArray();
        // Builds come many at once for one application; whoever wants several at a time opens a batch, which people seldom do at once.
        using var turn = wanted.Length == 1 && !db.Tracked<Application>().Any(a => a.Name == wanted[0])
            ? await RowTurns.WaitAsync(db, $"{nameof(Application)} {wanted[0]}", cancellationToken)
            : default;
        var query = db.Database.IsNpgsql()
            ? db.Set<Application>().FromSql($"SELECT * FROM applications WHERE name = ANY ({wanted}) AND removed_at IS NULL ORDER BY id FOR NO KEY UPDATE")
            : db.Applications.Where(a => wanted.Contains(a.Name));
        return (await query.ToListAsync(cancellationToken)).ToDictionary(a => a.Name, StringComparer.Ordinal);
    }
}
