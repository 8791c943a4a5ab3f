using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>The row of a batch, held in a transaction of somebody who does nothing more.</summary>
public sealed class HeldRow : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private HeldRow(NpgsqlConnection connection, long batch, Guid batchId) => (this._connection, Batch, BatchId) = (connection, batch, batchId);

    public long Batch { get; }

    public Guid BatchId { get; }

    /// <summary>Takes the row of the unfinished batch that began last, as soon as there is one.</summary>
    public static async Task<HeldRow> TakeAsync(PostgresDatabase database) =>
        (await Eventually.Sees(() => TryTakeAsync(database), held => held is not null, "there is a batch under way").ConfigureAwait(false))!;

    private static async Task<HeldRow?> TryTakeAsync(PostgresDatabase database)
    {
        var connection = await database.OpenAsync().ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using var command = new NpgsqlCommand(
            "select id, correlation_id from batches where status not in (6, 40, 90) order by id desc limit 1 for update", connection, transaction);
        await using (var row = await command.ExecuteReaderAsync().ConfigureAwait(false))
            if (await row.ReadAsync().ConfigureAwait(false))
                return new(connection, row.GetInt64(0), row.GetGuid(1));
        await connection.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
