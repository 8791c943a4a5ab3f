using Npgsql;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// The turn of one instance at the shared store: a lock that lasts as long as its transaction. The server ends one in which nothing happens for a
/// while, because its client may be gone, so the turn gives a sign of life; one that is lost all the same costs nobody his start.
/// </summary>
internal sealed class ScheduleTurn : IAsyncDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(2);

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly CancellationTokenSource _ends = new();
    private readonly Task _beating;

    private ScheduleTurn(NpgsqlConnection connection, NpgsqlTransaction transaction, TimeProvider clock)
    {
        (_connection, _transaction) = (connection, transaction);
        _beating = BeatAsync(clock);
    }

    /// <summary>Waits for the turn.</summary>
    /// <exception cref="NpgsqlException">The database does not give it.</exception>
    public static async Task<ScheduleTurn> TakeAsync(string connectionString, string statement, TimeProvider clock, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(statement, connection, transaction);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            return new(connection, transaction, clock);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync().ConfigureAwait(false);
        await _beating.ConfigureAwait(false);
        await using (_connection.ConfigureAwait(false))
            try
            {
                await _transaction.RollbackAsync().ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException)
            {
                // The session is gone, and the turn with it.
            }
        _ends.Dispose();
    }

    private async Task BeatAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(s_beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ends.Token).ConfigureAwait(false))
            {
                await using var sign = new NpgsqlCommand("SELECT 1", _connection, _transaction);
                await sign.ExecuteScalarAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ends.IsCancellationRequested)
        {
            // The turn is over.
        }
        catch (Exception failure) when (failure is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            // The session is gone: the start goes on without its turn.
        }
    }
}
