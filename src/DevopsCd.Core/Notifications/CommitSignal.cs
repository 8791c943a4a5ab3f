using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Notifications;

/// <summary>Tells the signal that a context committed, with its own transaction or with that of its owner.</summary>
internal sealed class CommitSignal(NotificationSignal signal) : ISaveChangesInterceptor, IDbTransactionInterceptor
{
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
