using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Notifications;

/// <summary>
/// Watches contexts that hold new notices. Before they save, notices that were told already are left out: telling is a side effect,
/// and must not fail what it tells. When they commit, with their own transaction or with that of their owner, the signal is raised.
/// </summary>
internal sealed class CommitSignal(NotificationSignal signal) : ISaveChangesInterceptor, IDbTransactionInterceptor
{
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Known(eventData.Context) is { } known)
            LeaveOut(eventData.Context!, known.Select(n => n.NoticeKey + '\n' + n.Channel).ToHashSet());
        return result;
    }

    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Known(eventData.Context) is { } known)
            LeaveOut(eventData.Context!, (await known.Select(n => n.NoticeKey + '\n' + n.Channel).ToListAsync(cancellationToken)).ToHashSet());
        return result;
    }

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        Saved(eventData.Context);
        return result;
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        Saved(eventData.Context);
        return new ValueTask<int>(result);
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) => Committed(eventData.Context);

    public Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Committed(eventData.Context);
        return Task.CompletedTask;
    }

    private IQueryable<Notification>? Known(DbContext? db)
    {
        if (db is null || !signal.IsExpecting(db))
            return null;
        // A transition's key holds the batch's version, which its own lock makes unique: no round trip for those.
        var keys = db.ChangeTracker.Entries<Notification>().Where(n => n.State == EntityState.Added && n.Entity.Kind != NoticeKind.Transition).Select(n => n.Entity.NoticeKey).Distinct().ToList();
        return keys.Count == 0 ? null : db.Set<Notification>().Where(n => keys.Contains(n.NoticeKey));
    }

    private static void LeaveOut(DbContext db, HashSet<string> known)
    {
        // Twice in one unit of work counts as told already, too.
        foreach (var entry in db.ChangeTracker.Entries<Notification>().Where(n => n.State == EntityState.Added).ToList())
            if (!known.Add(entry.Entity.NoticeKey + '\n' + entry.Entity.Channel))
                entry.State = EntityState.Detached;
    }

    private void Saved(DbContext? db)
    {
        // With a transaction open nobody else sees the rows yet; its commit will call.
        if (db?.Database.CurrentTransaction is null)
            Committed(db);
    }

    private void Committed(DbContext? db)
    {
        if (db is not null)
            signal.Committed(db);
    }
}
