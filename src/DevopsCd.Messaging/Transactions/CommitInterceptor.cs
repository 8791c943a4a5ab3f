using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Runs what was to be a transaction's last statement, and what waits for a commit (<see cref="TransactionExtensions.AfterCommit(DbContext, Action)" />), and drops it when there will be none.</summary>
internal sealed class CommitInterceptor(ILogger<CommitInterceptor> log) : ISaveChangesInterceptor, IDbTransactionInterceptor, IDbConnectionInterceptor
{
    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (IsCommitted(eventData.Context))
            RunAsync(eventData.Context, null).GetAwaiter().GetResult();
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (IsCommitted(eventData.Context))
            await RunAsync(eventData.Context, null).ConfigureAwait(false);
        return result;
    }

    // What an earlier transaction left without any end being reported is not this one's.
    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        ContextState.Find(eventData.Context)?.Drop(transaction => transaction != eventData.TransactionId);
        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(TransactionStarted(connection, eventData, result));

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        RunDeferredAsync(eventData).GetAwaiter().GetResult();
        return result;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await RunDeferredAsync(eventData).ConfigureAwait(false);
        return result;
    }

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        RunAsync(eventData.Context, eventData.TransactionId).GetAwaiter().GetResult();

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        RunAsync(eventData.Context, eventData.TransactionId);

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => Drop(eventData);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData);
        return Task.CompletedTask;
    }

    public void TransactionFailed(DbTransaction transaction, TransactionErrorEventData eventData) => Drop(eventData);

    public Task TransactionFailedAsync(DbTransaction transaction, TransactionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        Drop(eventData);
        return Task.CompletedTask;
    }

    // The end of a transaction that is disposed without a commit: EF Core reports nothing else of it.
    public void ConnectionClosed(DbConnection connection, ConnectionEndEventData eventData) => ContextState.Find(eventData.Context)?.Drop(_ => true);

    public Task ConnectionClosedAsync(DbConnection connection, ConnectionEndEventData eventData)
    {
        ConnectionClosed(connection, eventData);
        return Task.CompletedTask;
    }

    private static bool IsCommitted(DbContext? context) =>
        context?.Database.CurrentTransaction is null && System.Transactions.Transaction.Current is null;

    private static void Drop(TransactionEventData eventData) =>
        ContextState.Find(eventData.Context)?.Drop(transaction => transaction == eventData.TransactionId);

    private static async Task RunDeferredAsync(TransactionEventData eventData)
    {
        foreach (var work in ContextState.Find(eventData.Context)?.TakeDeferred(eventData.TransactionId) ?? [])
            await work().ConfigureAwait(false);
    }

    private async Task RunAsync(DbContext? context, Guid? transactionId)
    {
        if (ContextState.Find(context) is not { } state)
            return;
        foreach (var work in state.Take(context!, transactionId))
        {
            try
            {
                await work.Committed().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // The transaction is committed: throwing now would make the caller believe it was not.
                log.AfterCommitFailed(exception);
            }
        }
    }
}
