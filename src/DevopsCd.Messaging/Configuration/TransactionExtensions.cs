using System.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace MassTransit;

/// <summary>Transactions of one's own, outside of a consumer with the outbox.</summary>
public static class TransactionExtensions
{
    /// <summary>
    /// Runs the work in a transaction, saves, commits, and sends at once what the scope's bus outbox has put into it. A connection that
    /// is lost inside ends the work, where EF would go on over a new one, without the transaction and its locks.
    /// </summary>
    /// <param name="dbContext">The scope's context. It must not be in a transaction.</param>
    /// <param name="work">What to do. It may run again when the context's execution strategy retries.</param>
    /// <param name="cancellationToken">Cancels everything but the commit.</param>
    public static Task InTransaction(this DbContext dbContext, Func<Task> work, CancellationToken cancellationToken = default) =>
        UnitOfWork.Run(dbContext, IsolationLevel.ReadCommitted, work, cancellationToken);

    /// <inheritdoc cref="InTransaction(DbContext, Func{Task}, CancellationToken)" />
    public static async Task<T> InTransaction<T>(this DbContext dbContext, Func<Task<T>> work, CancellationToken cancellationToken = default)
    {
        var result = default(T)!;
        await dbContext.InTransaction(async () => { result = await work().ConfigureAwait(false); }, cancellationToken).ConfigureAwait(false);
        return result;
    }
}
