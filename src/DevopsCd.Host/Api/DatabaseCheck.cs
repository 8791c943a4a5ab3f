using System.Globalization;
using DevopsCd.Core.Data;
using DevopsCd.Host.Starting;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>
/// The database takes a write, over the connections and the queue that commands use: what only answers reads decides nothing. One write is
/// under way at a time and stands for a second, however often it is asked.
/// </summary>
internal sealed class DatabaseCheck(IServiceScopeFactory scopes, StartState start, TimeProvider clock, ILogger<DatabaseCheck> log,
    DatabaseClock? shared = null, DatabaseRoom? room = null) : IHealthCheck
{
    private const string Counter = "ready";

    /// <summary>As long as a command may take: when this write does not get through by then, commands do not either.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task? _write;
    private long _started;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (start.WaitsBecause is { } why)
            return HealthCheckResult.Unhealthy($"not used since the start. {why}");
        var (write, left) = Present();
        try
        {
            await write.WaitAsync(left, clock, cancellationToken);
            return shared is { IsWrong: true }
                ? HealthCheckResult.Degraded(
                    $"works; this machine's clock is {shared.Skew.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s ahead of the database's, which is used; set it right")
                : HealthCheckResult.Healthy();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            log.DatabaseAway(failure.GetBaseException().Message);
            return HealthCheckResult.Unhealthy(failure is TimeoutException or OperationCanceledException
                ? $"accepts no write within {s_patience.TotalSeconds} s; commands cannot be decided"
                : DatabaseWords.Of(failure) + " Commands cannot be decided.");
        }
    }

    /// <summary>The write that is under way or has just ended, and how long it may still take.</summary>
    private (Task Write, TimeSpan Left) Present()
    {
        lock (_gate)
        {
            if (_write is null || (_write.IsCompleted && clock.GetElapsedTime(_started) > s_memory))
            {
                _started = clock.GetTimestamp();
                // SQLite's driver blocks its thread.
                _write = Task.Run(WriteAsync, CancellationToken.None);
            }
            var left = s_patience - clock.GetElapsedTime(_started);
            return (_write, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    private async Task WriteAsync()
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        // On PostgreSQL one statement by itself: a host that is frozen in the middle keeps the row from nobody.
        if (db.Database.IsNpgsql())
        {
            await db.CountAsync(Counter, patience.Token);
            if (room is not null)
                await room.CheckAsync(db, patience.Token);
        }
        else
            await db.InTransactionAsync(() => db.CountAsync(Counter, patience.Token), patience.Token);
    }
}
