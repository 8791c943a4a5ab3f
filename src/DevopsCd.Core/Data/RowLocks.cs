using DevopsCd.Core.Applications;
using DevopsCd.Core.Batches;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>
/// Row locks of the present transaction. The order is: applications by id, then the batch, then everything else.
/// SQLite has one writer at a time, so a read inside a transaction is a lock there.
/// </summary>
internal static class RowLocks
{
    public static Task<Batch?> LockBatch(this CdDbContext db, Guid correlationId, CancellationToken cancellationToken) =>
        (db.Database.IsNpgsql()
            ? db.Batches.FromSql($"SELECT * FROM batches WHERE correlation_id = {correlationId} FOR UPDATE")
            : db.Batches.Where(b => b.CorrelationId == correlationId)).SingleOrDefaultAsync(cancellationToken);

    public static Task<Batch?> LockBatch(this CdDbContext db, long id, CancellationToken cancellationToken) =>
        (db.Database.IsNpgsql()
            ? db.Batches.FromSql($"SELECT * FROM batches WHERE id = {id} FOR UPDATE")
            : db.Batches.Where(b => b.Id == id)).SingleOrDefaultAsync(cancellationToken);

    /// <summary>
    /// Applications by name. Whoever stores a build or opens a batch takes this lock, so that a build that arrives while
    /// a batch opens is seen by one of the two (R2).
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, Application>> LockApplications(this CdDbContext db, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var wanted = names.ToArray();
        var query = db.Database.IsNpgsql()
            ? db.Applications.FromSql($"SELECT * FROM applications WHERE name = ANY ({wanted}) ORDER BY id FOR NO KEY UPDATE")
            : db.Applications.Where(a => wanted.Contains(a.Name));
        return (await query.ToListAsync(cancellationToken)).ToDictionary(a => a.Name, StringComparer.Ordinal);
    }
}
