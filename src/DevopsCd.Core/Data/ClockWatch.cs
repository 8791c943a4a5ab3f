using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Data;

/// <summary>Keeps <see cref="DatabaseClock" /> right: before anything that works with the database starts, and every quarter of a minute.</summary>
internal sealed class ClockWatch(DatabaseClock clock, IServiceScopeFactory scopes, ILogger<ClockWatch> log) : BackgroundService
{
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private bool _wasWrong;

    /// <summary>What starts after this goes by the right time from its beginning.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        Metrics.WatchClock(() => clock.Skew);
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Compares the clocks once.</summary>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>().Database;
        // Waiting for a connection is no part of the way.
        await db.OpenConnectionAsync(cancellationToken);
        await clock.CompareAsync(() => db.SqlQueryRaw<DateTimeOffset>("SELECT clock_timestamp() AS \"Value\"").SingleAsync(cancellationToken));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_between, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await LookAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the host stops
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await CompareAsync(either.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // An absent database has its own check; the last comparison holds.
            log.ClocksNotCompared(exception.GetBaseException().Message);
            return;
        }

        if (clock.IsWrong != _wasWrong)
        {
            if (clock.IsWrong)
                log.ClockWrong(clock.Skew.TotalSeconds);
            else
                log.ClockRight(clock.Skew.TotalSeconds);
        }
        _wasWrong = clock.IsWrong;
    }
}
