using Microsoft.Extensions.Hosting;

namespace DevopsCd.Core.Data;

/// <summary>Work that comes in turns, at an even pace for as long as the host runs. A turn that fails is told, and the next one comes in its time.</summary>
/// <param name="pace">From the beginning of a turn to that of the next; one that takes longer is followed by the next at once.</param>
/// <param name="beginsAtOnce">The first turn comes with the host's start, and not after the time of one.</param>
/// <param name="clock">Tells when a turn is due.</param>
internal abstract class PeriodicWork(TimeSpan pace, bool beginsAtOnce, TimeProvider clock) : BackgroundService
{
    protected TimeSpan Pace => pace;

    protected TimeProvider Clock => clock;

    /// <summary>One turn.</summary>
    protected abstract Task TurnAsync(CancellationToken cancellationToken);

    /// <summary>Tells of a turn that has failed.</summary>
    protected abstract void TellFailed(Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(pace, clock);
        if (!beginsAtOnce)
            await timer.WaitForNextTickAsync(stoppingToken);
        do
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                TellFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
