using DevopsCd.Core.Configuration;
using Npgsql;

namespace DevopsCd.Core.Data;

/// <summary>The lock of one transaction, with the signs of life that keep it.</summary>
internal sealed class PostgresClusterHold : IClusterHold
{
    private static readonly TimeSpan s_beat = PostgresSession.LongestRest / 4;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly Task _beating;

    public PostgresClusterHold(NpgsqlConnection connection, NpgsqlTransaction transaction, TimeProvider clock)
    {
        _connection = connection;
        _transaction = transaction;
        Lost = _lost.Token;
        _beating = BeatAsync(clock);
    }

    public CancellationToken Lost { get; }

    /// <summary>Frees the lock before it hangs up: the server notices a closed connection a moment later, and the next one would be refused.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _beating;
        await using (_connection)
            if (!_lost.IsCancellationRequested)
                try
                {
                    await _transaction.RollbackAsync();
                }
                catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
                {
                    // The connection is gone, and the lock with it.
                }
        _lost.Dispose();
        _ends.Dispose();
    }

    private async Task BeatAsync(TimeProvider clock)
    {
        using var timer = new PeriodicTimer(s_beat, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_ends.Token))
            {
                await using var sign = new NpgsqlCommand("SELECT 1", _connection, _transaction) { CommandTimeout = (int)Math.Ceiling(s_beat.TotalSeconds) };
                await sign.ExecuteScalarAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (_ends.IsCancellationRequested)
        {
            // It is given back.
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or IOException or TimeoutException)
        {
            await _lost.CancelAsync();
        }
    }
}
