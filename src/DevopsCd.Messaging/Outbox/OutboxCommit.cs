using System.Data.Common;
using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Ends a unit of work, on PostgreSQL in one round trip. The transaction object is not asked there, so it must only be disposed after this.</summary>
internal static class OutboxCommit
{
    /// <summary>An empty batch on the context's connection and transaction; PostgreSQL only.</summary>
    public static DbBatch Batch(DbContext context)
    {
        var batch = LostTransactionInterceptor.Connection(context).CreateBatch();
        batch.Transaction = context.Database.CurrentTransaction?.GetDbTransaction();
        if (context.Database.GetCommandTimeout() is { } timeout)
            batch.Timeout = timeout;
        return batch;
    }

    /// <summary>Commits a transaction without messages; throws when it had failed before, whatever was swallowed on the way.</summary>
    public static async Task CommitAsync(DbContext context, IDbContextTransaction transaction)
    {
        if (DatabaseKind.Of(context) != Database.Postgres)
        {
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            // PostgreSQL answers the commit of a transaction that has failed before with a quiet rollback, and Npgsql takes that for success.
            // Any statement before it fails aloud.
            Add(batch, "SELECT 1");
            await EndAsync(batch, context, transaction).ConfigureAwait(false);
        }
    }

    /// <summary>Writes the messages and commits.</summary>
    public static async Task CommitAsync(DbContext context, IDbContextTransaction transaction, IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0)
        {
            await CommitAsync(context, transaction).ConfigureAwait(false);
            return;
        }

        // Nothing here can be cancelled: a commit that was interrupted may have happened.
        var outbox = OutboxModel.For(context).Outbox;
        if (DatabaseKind.Of(context) != Database.Postgres)
        {
            await outbox.InsertAsync(context, messages, CancellationToken.None).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var batch = Batch(context);
        await using (batch.ConfigureAwait(false))
        {
            outbox.Add(batch, messages);
            await EndAsync(batch, context, transaction).ConfigureAwait(false);
        }
    }

    // The transaction object cannot commit any more once the batch has done it, so EF's interceptors are told here.
    private static async Task EndAsync(DbBatch batch, DbContext context, IDbContextTransaction transaction)
    {
        var diagnostics = context.GetService<IDiagnosticsLogger<DbLoggerCategory.Database.Transaction>>();
        var connection = context.GetService<IRelationalConnection>();
        var (raw, started, watch) = (transaction.GetDbTransaction(), TimeProvider.System.GetUtcNow(), Stopwatch.StartNew());

        Add(batch, "COMMIT");
        await diagnostics.TransactionCommittingAsync(connection, raw, transaction.TransactionId, started, CancellationToken.None).ConfigureAwait(false);
        await batch.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
        await diagnostics.TransactionCommittedAsync(connection, raw, transaction.TransactionId, started, watch.Elapsed, CancellationToken.None)
            .ConfigureAwait(false);
    }

    private static void Add(DbBatch batch, string sql)
    {
        var command = batch.CreateBatchCommand();
        command.CommandText = sql;
        batch.BatchCommands.Add(command);
    }
}
