using System.Security.Cryptography;
using System.Text;
using DevopsCd.Core.Configuration;
using Npgsql;

namespace DevopsCd.Core.Scanning;

/// <summary>An advisory lock of a connection of its own: PostgreSQL frees it when the connection ends, however it ends.</summary>
internal sealed class PostgresClusterLock(StorageOptions storage) : IClusterLock
{
    public async Task<IAsyncDisposable?> TryTake(string name, CancellationToken cancellationToken)
    {
        // Closed for real, not handed back to the pool: a pooled session would keep the lock.
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.PostgresConnection()) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = Key(name) } } };
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                return new Held(connection, name);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Frees the lock before it hangs up: the server notices a closed connection a moment later, and the next one would be refused.</summary>
    private sealed class Held(NpgsqlConnection connection, string name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            await using (var command = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = Key(name) } } })
            {
                try
                {
                    await command.ExecuteNonQueryAsync();
                }
                catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
                {
                    // The connection is gone, and the lock with it.
                }
            }
        }
    }

    private static long Key(string name) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes("devopscd/" + name)));
}
