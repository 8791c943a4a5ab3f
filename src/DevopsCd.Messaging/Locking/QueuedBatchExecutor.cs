#pragma warning disable EF1001 // EF Core has no public base of its batch executor, and no interceptor is told about every end of a save.
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;
using Microsoft.EntityFrameworkCore.Update.Internal;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>
/// A save outside of any transaction takes its turn among the SQLite writers too, instead of sleeping on the file's lock with a thread each.
/// The turn is taken and given back in one method, whatever comes between: callbacks of EF Core do not report every end of a save.
/// </summary>
internal sealed class QueuedBatchExecutor(ICurrentDbContext currentContext, IDiagnosticsLogger<DbLoggerCategory.Update> updateLogger)
    : BatchExecutor(currentContext, updateLogger)
{
    public override int Execute(IEnumerable<ModificationCommandBatch> commandBatches, IRelationalConnection connection)
    {
        if (!Queues(connection))
            return base.Execute(commandBatches, connection);

        using var turn = SqliteWriters.WaitAsync(connection.Context, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return base.Execute(commandBatches, connection);
    }

    public override async Task<int> ExecuteAsync(
        IEnumerable<ModificationCommandBatch> commandBatches, IRelationalConnection connection, CancellationToken cancellationToken = default)
    {
        if (!Queues(connection))
            return await base.ExecuteAsync(commandBatches, connection, cancellationToken).ConfigureAwait(false);

        using var turn = await SqliteWriters.WaitAsync(connection.Context, cancellationToken).ConfigureAwait(false);
        return await base.ExecuteAsync(commandBatches, connection, cancellationToken).ConfigureAwait(false);
    }

    private static bool Queues(IRelationalConnection connection) =>
        connection.CurrentTransaction is null && DatabaseKind.Find(connection.Context) == Database.Sqlite;
}
