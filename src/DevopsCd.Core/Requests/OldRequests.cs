using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Requests;

/// <summary>Removes requests whose keys have had their time, some hundred a statement.</summary>
internal sealed class OldRequests(IServiceScopeFactory scopes, TimeProvider clock, ILogger<OldRequests> log) : BackgroundService
{
    private const int AtOnce = 500;

    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(10);

    /// <returns>How many were removed.</returns>
    public async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var removed = 0;
        while (true)
        {
            await using var scope = scopes.CreateAsyncScope();
            var rows = scope.ServiceProvider.GetRequiredService<CdDbContext>().Set<RememberedRequest>();
            var before = clock.GetUtcNow() - RememberedRequests.Kept;
            var some = rows.Where(r => r.CreatedAt <= before).OrderBy(r => r.CreatedAt).Select(r => r.Id).Take(AtOnce);
            var count = await rows.Where(r => some.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
            removed += count;
            if (count < AtOnce)
                return removed;
        }
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
