using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;

namespace MassTransit.QuartzIntegration;

/// <summary>Runs what waits for a database transaction once EF Core has committed it; what was not committed is forgotten.</summary>
internal sealed class ScheduleTransactionInterceptor(ILogger<ScheduleTransactionInterceptor> log) : DbTransactionInterceptor
{
    private readonly ConditionalWeakTable<DbTransaction, List<Func<Task>>> _waiting = [];

    internal void OnCommitted(DbTransaction transaction, Func<Task> work)
    {
        var list = _waiting.GetOrCreateValue(transaction);
        lock (list)
            list.Add(work);
    }

    /// <inheritdoc />
    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result) => Fresh(result);

    /// <inheritdoc />
    public override ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Fresh(result));

    /// <inheritdoc />
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        RunWaiting(transaction).GetAwaiter().GetResult();

    /// <inheritdoc />
    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        RunWaiting(transaction);

    // Npgsql uses one transaction object for all transactions of a connection: what an earlier one left without a commit is not this one's.
    private DbTransaction Fresh(DbTransaction transaction)
    {
        _waiting.Remove(transaction);
        return transaction;
    }

    private async Task RunWaiting(DbTransaction transaction)
    {
        if (!_waiting.TryGetValue(transaction, out var list))
            return;

        _waiting.Remove(transaction);
        foreach (var work in list)
        {
            try
            {
                await work().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // The transaction is committed: throwing now would make the caller believe it was not.
                log.AfterCommitFailed(exception);
            }
        }
    }
}
