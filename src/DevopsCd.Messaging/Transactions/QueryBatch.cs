#pragma warning disable EF1001 // The public ways translate a query anew each time: once for its command, and once more for its rows.
using System.Data.Common;
using MassTransit.EntityFrameworkCoreIntegration.Saga;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.EntityFrameworkCore.Query.Internal;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// Queries that are read in one round trip, on their own or behind the lock of an instance. PostgreSQL runs them one after the other, each
/// seeing what was committed before it began; databases without batches are asked one by one.
/// </summary>
/// <param name="context">Of a container with <see cref="TransactionExtensions.AddTransactionHooks" />; in a transaction or not.</param>
public sealed class QueryBatch(DbContext context)
{
    private readonly List<Query> _queries = [];

    /// <summary>Adds a query, which must be one statement.</summary>
    /// <returns>Its rows, once the batch has been read.</returns>
    public IReadOnlyList<T> Add<T>(IQueryable<T> query)
    {
        var one = new Query<T>(query);
        _queries.Add(one);
        return one.Rows;
    }

    /// <summary>Reads the queries.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (DatabaseKind.Of(context) != Database.Postgres)
        {
            await ReadOneByOneAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = OutboxCommit.Batch(context);
            await using (batch.ConfigureAwait(false))
            {
                AddTo(batch);
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                    await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Locks an instance as <see cref="SagaLocks" /> do, and reads the queries after that.</summary>
    /// <inheritdoc cref="SagaLocks.LockInstanceAsync{TSaga}(DbContext, string, object, CancellationToken)" />
    /// <returns>Null when there is no such instance; the queries have been read all the same.</returns>
    public Task<TSaga?> LockInstanceAsync<TSaga>(string key, object value, CancellationToken cancellationToken)
        where TSaga : class, ISaga =>
        context.LockInstanceAsync<TSaga>(key, value, this, cancellationToken);

    internal async Task ReadOneByOneAsync(CancellationToken cancellationToken)
    {
        foreach (var query in _queries)
            await query.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the statements.</summary>
    internal void AddTo(DbBatch batch)
    {
        foreach (var query in _queries)
        {
            using var made = query.Command();
            var parameters = made.Parameters.Cast<DbParameter>().ToArray();
            made.Parameters.Clear();
            var command = batch.CreateBatchCommand();
            command.CommandText = made.CommandText;
            command.Parameters.AddRange(parameters);
            batch.BatchCommands.Add(command);
        }
    }

    /// <summary>Lets each query read its rows from a reader that stands at the first one's.</summary>
    internal async Task ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var state = ContextState.Of(context);
        state.ReadAhead = reader;
        try
        {
            foreach (var query in _queries)
            {
                await query.ReadAsync(cancellationToken).ConfigureAwait(false);
                // With the end of a query EF Core gives back the connection, which it has not been let do.
                await context.Database.CloseConnectionAsync().ConfigureAwait(false);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            state.ReadAhead = null;
        }
    }

    private abstract class Query
    {
        /// <summary>Its statement.</summary>
        public abstract DbCommand Command();

        public abstract Task ReadAsync(CancellationToken cancellationToken);
    }

    private sealed class Query<T>(IQueryable<T> query) : Query
    {
        private IAsyncEnumerable<T>? _translated;

        public List<T> Rows { get; } = [];

        public override DbCommand Command()
        {
            _translated = ((IAsyncQueryProvider)query.Provider).ExecuteAsync<IAsyncEnumerable<T>>(query.Expression, CancellationToken.None);
            return ((IRelationalQueryingEnumerable)_translated).CreateDbCommand();
        }

        public override async Task ReadAsync(CancellationToken cancellationToken)
        {
            await foreach (var row in (_translated ?? query.AsAsyncEnumerable()).WithCancellation(cancellationToken).ConfigureAwait(false))
                Rows.Add(row);
        }
    }
}
