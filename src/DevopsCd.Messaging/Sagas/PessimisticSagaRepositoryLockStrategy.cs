using System.Data;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Locks the instance's row until the transaction ends: the next message for it waits, and then reads what this one wrote.</summary>
/// <param name="lockStatements">The statement that reads and locks.</param>
/// <param name="customize">Adds to the query, for example an Include.</param>
/// <param name="isolationLevel">ReadCommitted is enough, since the row is locked before it is read.</param>
public class PessimisticSagaRepositoryLockStrategy<TSaga>(
    ILockStatementProvider lockStatements,
    Func<IQueryable<TSaga>, IQueryable<TSaga>>? customize,
    IsolationLevel isolationLevel) : ISagaRepositoryLockStrategy<TSaga>
    where TSaga : class, ISaga
{
    private readonly ConditionalWeakTable<IModel, Readers> _readers = [];

    /// <inheritdoc />
    public IsolationLevel IsolationLevel => isolationLevel;

    /// <inheritdoc />
    public bool IsTransactionEnabled => true;

    /// <inheritdoc />
    public async Task<TSaga?> LoadAsync(DbContext context, Guid correlationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);

        var known = context.FindTracked<TSaga>(correlationId);
        var reader = context.Database.CurrentTransaction is null ? null : Reader(context);
        if (reader is not null && known is null)
            return await reader.LockAsync(context, correlationId, null, cancellationToken).ConfigureAwait(false);

        TSaga? found;
        if (reader is not null)
            found = await reader.LockAsync(context, correlationId, known!.Entity, cancellationToken).ConfigureAwait(false);
        else
            using (known is null ? await SagaReader<TSaga>.TurnAsync(context, correlationId, cancellationToken).ConfigureAwait(false) : default)
                found = await QueryAsync(context, correlationId, cancellationToken).ConfigureAwait(false);
        if (found is null)
            return null;

        // A context that already tracked the instance hands out what it read before the lock.
        if (known is { State: EntityState.Unchanged })
            await known.ReloadAsync(cancellationToken).ConfigureAwait(false);

        // A second statement, because it must see what was committed while the first one waited: rows that hang on the
        // instance are not locked, and would be read as they were before.
        if (customize is not null)
            await customize(context.Set<TSaga>()).AsTracking().Where(saga => saga.CorrelationId == correlationId).LoadAsync(cancellationToken)
                .ConfigureAwait(false);
        return found;
    }

    /// <inheritdoc />
    public async Task<IList<TSaga>> LoadAllAsync(DbContext context, ISagaQuery<TSaga> query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(query);

        // Sorted, so that two messages that lock many instances take them in one order and cannot block each other.
        var ids = await context.Set<TSaga>().AsNoTracking().Where(query.FilterExpression).Select(saga => saga.CorrelationId)
            .OrderBy(id => id).ToListAsync(cancellationToken).ConfigureAwait(false);
        var matches = query.GetFilter();
        var instances = new List<TSaga>(ids.Count);
        foreach (var id in ids)
        {
            // Between the look and the lock it may have changed so that it no longer matches.
            if (await LoadAsync(context, id, cancellationToken).ConfigureAwait(false) is { } instance && matches(instance))
                instances.Add(instance);
        }
        return instances;
    }

    /// <summary>What reads an instance without a query, when the saga and the options allow it.</summary>
    internal SagaReader<TSaga>? Reader(DbContext context)
    {
        if (customize is not null)
            return null;
        if (!_readers.TryGetValue(context.Model, out var readers))
            _readers.AddOrUpdate(context.Model, readers = new Readers(SagaReader<TSaga>.For(context, lockStatements)));
        return readers.Reader;
    }

    private async Task<TSaga?> QueryAsync(DbContext context, Guid correlationId, CancellationToken cancellationToken)
    {
        var (sagas, statement) = (context.Set<TSaga>(), lockStatements.GetRowLockStatement<TSaga>(context));
        if (!sagas.EntityType.GetComplexProperties().Any())
            return (await sagas.FromSqlRaw(statement, correlationId).AsTracking().ToListAsync(cancellationToken).ConfigureAwait(false)).SingleOrDefault();

        // Over a statement EF looks for the columns of complex types by their default names (dotnet/efcore#38303): locked here, read by the next one.
        await context.Database.ExecuteSqlRawAsync(statement, [correlationId], cancellationToken).ConfigureAwait(false);
        return await sagas.AsTracking().SingleOrDefaultAsync(saga => saga.CorrelationId == correlationId, cancellationToken).ConfigureAwait(false);
    }

    private sealed record Readers(SagaReader<TSaga>? Reader);
}
