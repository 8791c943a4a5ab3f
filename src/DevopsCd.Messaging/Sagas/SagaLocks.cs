using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.EntityFrameworkCoreIntegration.Saga;

/// <summary>Locks an instance's row as its repository does, for what changes an instance without an event.</summary>
public static class SagaLocks
{
    private static readonly ConditionalWeakTable<IModel, ConcurrentDictionary<(Type Saga, string Key), object>> s_readers = [];

    /// <summary>Locks an instance until the transaction ends and reads it, in one statement. One that the context tracks is given as it is.</summary>
    /// <param name="context">In a transaction.</param>
    /// <param name="key">A property whose values are unique.</param>
    /// <param name="value">The instance's value of it.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when there is no such instance.</returns>
    /// <exception cref="RowHeldException">Somebody waits for the row already, and has done so for long.</exception>
    /// <exception cref="InvalidOperationException">There is no transaction, or the saga cannot be read by one statement, which the log explains.</exception>
    public static Task<TSaga?> LockInstanceAsync<TSaga>(this DbContext context, string key, object value, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        context.LockInstanceAsync<TSaga>(key, value, null, cancellationToken);

    internal static Task<TSaga?> LockInstanceAsync<TSaga>(
        this DbContext context, string key, object value, QueryBatch? queries, CancellationToken cancellationToken)
        where TSaga : class, ISaga
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Database.CurrentTransaction is null)
            throw new InvalidOperationException($"{typeof(TSaga).Name} can be locked in a transaction only.");

        var reader = (SagaReader<TSaga>)s_readers.GetOrCreateValue(context.Model).GetOrAdd((typeof(TSaga), key), static (at, db) =>
            SagaReader<TSaga>.For(db, ProviderLockStatementProvider.Instance, at.Key)
                ?? throw new InvalidOperationException($"{typeof(TSaga).Name} is not one row."), context);
        var known = context.ChangeTracker.Entries<TSaga>().FirstOrDefault(entry => Equals(entry.Property(key).CurrentValue, value))?.Entity;
        return queries is null
            ? reader.LockAsync(context, value, known, cancellationToken)
            : reader.LockAsync(context, value, known, queries, cancellationToken);
    }
}
