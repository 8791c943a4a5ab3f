using System.Data;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
    public static Task InTransactionAsync(this DbContext dbContext, Func<Task> work, CancellationToken cancellationToken = default) =>
        UnitOfWork.RunAsync(dbContext, IsolationLevel.ReadCommitted, work, cancellationToken);

    /// <inheritdoc cref="InTransactionAsync(DbContext, Func{Task}, CancellationToken)" />
    public static async Task<T> InTransactionAsync<T>(this DbContext dbContext, Func<Task<T>> work, CancellationToken cancellationToken = default)
    {
        var result = default(T)!;
        await dbContext.InTransactionAsync(async () => { result = await work().ConfigureAwait(false); }, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>Lets contexts of the container run what waits for a commit. The outbox, the saga repository and the schedule do this, too.</summary>
    public static IServiceCollection AddTransactionHooks(this IServiceCollection services)
    {
        Interceptors.Register(services);
        return services;
    }

    /// <summary>
    /// Runs the work once what the context has saved is committed: in a transaction with its commit, otherwise with the next save. Work that is
    /// already waiting does not wait twice. When the transaction ends in any other way the work is forgotten. What it throws is logged: the
    /// commit has happened.
    /// </summary>
    /// <param name="dbContext">A context of a container with <see cref="AddTransactionHooks" />.</param>
    /// <param name="work">What to do. A commit that goes past EF Core is not seen.</param>
    public static void AfterCommit(this DbContext dbContext, Action work)
    {
        ArgumentNullException.ThrowIfNull(dbContext);
        ArgumentNullException.ThrowIfNull(work);
        ContextState.Of(dbContext).Add(dbContext, work, Committed, null);

        Task Committed()
        {
            work();
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc cref="AfterCommit(DbContext, Action)" />
    public static void AfterCommit(this DbContext dbContext, Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(dbContext);
        ArgumentNullException.ThrowIfNull(work);
        ContextState.Of(dbContext).Add(dbContext, work, work, null);
    }

    /// <summary>Whether the work waits for a commit of the context.</summary>
    public static bool IsAwaitingCommit(this DbContext dbContext, Action work)
    {
        ArgumentNullException.ThrowIfNull(dbContext);
        ArgumentNullException.ThrowIfNull(work);
        return ContextState.Find(dbContext)?.IsWaiting(dbContext, work) == true;
    }
}
