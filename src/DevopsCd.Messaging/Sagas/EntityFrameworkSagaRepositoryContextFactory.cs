using MassTransit.Saga;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Runs a message against its saga in one transaction: the one of the outbox when there is one, otherwise its own.</summary>
/// <param name="dbContexts">The saga's context.</param>
/// <param name="consumeContexts">Makes what the saga is shown of the message.</param>
/// <param name="lockStrategy">How an instance is locked.</param>
/// <param name="reads">What is read with the lock; null for the instance alone.</param>
public class EntityFrameworkSagaRepositoryContextFactory<TSaga>(
    ISagaDbContextFactory<TSaga> dbContexts,
    ISagaConsumeContextFactory<DbContext, TSaga> consumeContexts,
    ISagaRepositoryLockStrategy<TSaga> lockStrategy,
    IReadsWithLock<TSaga>? reads = null)
    : ISagaRepositoryContextFactory<TSaga>, IQuerySagaRepositoryContextFactory<TSaga>, ILoadSagaRepositoryContextFactory<TSaga>
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    public async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<TSaga, T>> next)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);

        var dbContext = dbContexts.CreateScoped(context);
        try
        {
            await InTransactionAsync(dbContext, async () =>
            {
                var (first, prefetched) = await ClaimAsync(context, dbContext).ConfigureAwait(false);
                if (!first)
                    return;

                var repository = new DbContextSagaRepositoryContext<TSaga, T>(dbContext, context, consumeContexts, lockStrategy, prefetched);
                await next.Send(repository).ConfigureAwait(false);
            }, context.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await dbContexts.ReleaseAsync(dbContext).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public async Task SendQuery<T>(ConsumeContext<T> context, ISagaQuery<TSaga> query, IPipe<SagaRepositoryQueryContext<TSaga, T>> next)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);

        var dbContext = dbContexts.CreateScoped(context);
        try
        {
            await InTransactionAsync(dbContext, async () =>
            {
                if (context.TryGetPayload(out IInboxClaim? claim) && claim.Row is not null && !await claim.AskAsync().ConfigureAwait(false))
                    return;

                var repository = new DbContextSagaRepositoryContext<TSaga, T>(dbContext, context, consumeContexts, lockStrategy, null);
                var instances = await lockStrategy.LoadAllAsync(dbContext, query, context.CancellationToken).ConfigureAwait(false);
                await next.Send(new LoadedSagaRepositoryQueryContext<TSaga, T>(repository, instances)).ConfigureAwait(false);
            }, context.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await dbContexts.ReleaseAsync(dbContext).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public Task<T> Execute<T>(Func<LoadSagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        ReadAsync(asyncMethod, cancellationToken);

    /// <inheritdoc />
    public Task<T> Execute<T>(Func<QuerySagaRepositoryContext<TSaga>, Task<T>> asyncMethod, CancellationToken cancellationToken = default)
        where T : class =>
        ReadAsync(asyncMethod, cancellationToken);

    /// <inheritdoc />
    public void Probe(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Add("persistence", "entity-framework");
    }

    private async Task<T> ReadAsync<T>(Func<DbContextSagaReadContext<TSaga>, Task<T>> read, CancellationToken cancellationToken)
    {
        var dbContext = dbContexts.Create();
        try
        {
            return await read(new DbContextSagaReadContext<TSaga>(dbContext, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            await dbContexts.ReleaseAsync(dbContext).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Behind the outbox the inbox row has not been written yet: it goes with the statement that locks the instance, and so does what is to be
    /// read with it. Gives what that found, or nothing where the instance is still to be loaded.
    /// </summary>
    private async Task<(bool First, Prefetched<TSaga>? Instance)> ClaimAsync<T>(ConsumeContext<T> context, DbContext dbContext)
        where T : class
    {
        var claim = context.TryGetPayload(out IInboxClaim? found) && found.Row is not null ? found : null;
        if ((claim is null || ReferenceEquals(claim.DbContext, dbContext))
            && context.CorrelationId is { } correlationId
            && DatabaseKind.Of(dbContext) == Database.Postgres
            && lockStrategy is PessimisticSagaRepositoryLockStrategy<TSaga> pessimistic
            && dbContext.FindTracked<TSaga>(correlationId) is null
            && pessimistic.Reader(dbContext) is { } reader)
        {
            var queries = new QueryBatch(dbContext);
            var read = reads?.Add(queries, correlationId, context);
            if (claim is not null || read is not null)
            {
                var (first, instance) = claim?.Row is { } row
                    ? await reader.ReadAsync(dbContext, correlationId, row, queries, context.CancellationToken).ConfigureAwait(false)
                    : (true, await reader.LockAsync(dbContext, correlationId, null, queries, context.CancellationToken).ConfigureAwait(false));
                claim?.Decide(first);
                if (instance is not null)
                    read?.Invoke(instance);
                return (first, new Prefetched<TSaga>(correlationId, instance));
            }
        }
        return (claim is null || await claim.AskAsync().ConfigureAwait(false), null);
    }

    private Task InTransactionAsync(DbContext dbContext, Func<Task> work, CancellationToken cancellationToken)
    {
        // The outbox, or a caller that shares its scope with a mediator, has opened the transaction and will save and commit.
        if (dbContext.Database.CurrentTransaction is not null)
            return work();

        return UnitOfWork.RunAsync(dbContext, lockStrategy.IsTransactionEnabled ? lockStrategy.IsolationLevel : null, work, cancellationToken);
    }
}
