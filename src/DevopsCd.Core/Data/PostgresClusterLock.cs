using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Configuration;
using Npgsql;

namespace DevopsCd.Core.Data;

/// <summary>
/// An advisory lock of a transaction on a connection of its own. The holder gives a sign of life every few seconds: PostgreSQL ends a
/// transaction that has rested for <see cref="PostgresSession.LongestRest" />, so that a holder that is dead, frozen or cut off keeps it no longer.
/// </summary>
internal sealed class PostgresClusterLock(StorageOptions storage, TimeProvider clock) : IClusterLock
{
    public async Task<IClusterHold?> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        // Closed for real, not handed back to the pool: nobody else should get a session with a transaction that was given up.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.PostgresConnection()) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command =
                new NpgsqlCommand("SELECT pg_try_advisory_xact_lock($1)", connection, transaction) { Parameters = { new() { Value = Key(name) } } };
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                return new PostgresClusterHold(connection, transaction, clock);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    private static long Key(string name) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("devopscd/" + name)));
}
