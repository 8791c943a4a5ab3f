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
    readonly ConditionalWeakTable<IModel, Readers> _readers = [];

    /// <inheritdoc />
    public IsolationLevel IsolationLevel => isolationLevel;

    /// <inheritdoc />
    public bool IsTransactionEnabled => true;

    /// <inheritdoc />
    public async Task<TSaga?> Load(DbContext context, Guid correlationId, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);

        var known = context.FindTracked<TSaga>(correlationId);
        if (known is null && context.Database.CurrentTransaction is not null && Reader(context) is { } reader)
            return await reader.Read(context, correlationId, cancellationToken).ConfigureAwait(false);

        var found = await context.Set<TSaga>().FromSqlRaw(lockStatements.GetRowLockStatement<TSaga>(context), correlationId)
            .AsTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
        if (found.Count == 0)
            return null;

        // A context that already tracked the instance hands out what it read before the lock.
        if (known is { State: EntityState.Unchanged })
            await known.ReloadAsync(cancellationToken).ConfigureAwait(false);

        // A second statement, because it must see what was committed while the first one waited: rows that hang on the
        // instance are not locked, and would be read as they were before.
        if (customize is not null)
            await customize(context.Set<TSaga>()).AsTracking().Where(saga => saga.CorrelationId == correlationId).LoadAsync(cancellationToken).ConfigureAwait(false);
        return found[0];
    }

    /// <inheritdoc />
    public async Task<IList<TSaga>> LoadAll(DbContext context, ISagaQuery<TSaga> query, CancellationToken cancellationToken)
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
            if (await Load(context, id, cancellationToken).ConfigureAwait(false) is { } instance && matches(instance))
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

    sealed record Readers(SagaReader<TSaga>? Reader);
}
