using System.Data;
using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Reads without a lock; the concurrency token in the model makes the loser of a race fail, and the endpoint's retry runs it again.</summary>
/// <param name="customize">Adds to the query, for example an Include.</param>
/// <param name="isolationLevel">The isolation of the transaction.</param>
/// <param name="isTransactionEnabled">Without, the one save of the event is its own transaction.</param>
public class OptimisticSagaRepositoryLockStrategy<TSaga>(
    Func<IQueryable<TSaga>, IQueryable<TSaga>>? customize,
    IsolationLevel isolationLevel,
    bool isTransactionEnabled) : ISagaRepositoryLockStrategy<TSaga>
    where TSaga : class, ISaga
{
    /// <inheritdoc />
    public IsolationLevel IsolationLevel => isolationLevel;

    /// <inheritdoc />
    public bool IsTransactionEnabled => isTransactionEnabled;

    /// <inheritdoc />
    public async Task<TSaga?> LoadAsync(DbContext context, Guid correlationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return await Customized(context.Set<TSaga>()).AsTracking()
            .SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task<IList<TSaga>> LoadAllAsync(DbContext context, ISagaQuery<TSaga> query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(query);
        return await Customized(context.Set<TSaga>()).AsTracking().Where(query.FilterExpression)
            .OrderBy(saga => saga.CorrelationId).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    private IQueryable<TSaga> Customized(IQueryable<TSaga> query) => customize is null ? query : customize(query);
}
