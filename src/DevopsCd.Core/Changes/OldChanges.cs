using DevopsCd.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Changes;

/// <summary>Removes changes that nobody can resume from any more, some hundred a statement.</summary>
internal sealed class OldChanges(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OldChanges> log) : BackgroundService
{
    /// <summary>How long a change can be resumed from.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private const int AtOnce = 500;

    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(10);

    /// <returns>How many were removed.</returns>
    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ChangeLog>().ForgetAsync(clock.GetUtcNow() - Kept, AtOnce, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(s_pause, clock, stoppingToken);
            try
            {
                await CleanAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                log.NotCleaned(s_pause, failure);
            }
        }
    }
}
