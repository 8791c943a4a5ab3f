using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Removes inbox rows that are older than the duplicate detection window, faster than they can arrive: thousands a statement, without a pause while there are more.</summary>
internal sealed class InboxCleanupService<TDbContext>(
    OutboxDelivery<TDbContext> outbox,
    IOptions<InboxCleanupServiceOptions<TDbContext>> options,
    ILogger<InboxCleanupService<TDbContext>> log,
    IServiceProvider provider) : BackgroundService
    where TDbContext : DbContext
{
    readonly InboxCleanupServiceOptions<TDbContext> _options = options.Value;
    readonly TimeProvider _clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;

    int AtOnce => Math.Max(5_000, _options.QueryMessageLimit);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(_options.QueryDelay, _clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                while (!stoppingToken.IsCancellationRequested && await Clean(stoppingToken).ConfigureAwait(false) >= AtOnce)
                {
                    // there is more
                }
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                log.CleanupFailed(exception, _options.QueryDelay);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                // the host stops
            }
        }
    }

    async Task<int> Clean(CancellationToken cancellationToken)
    {
        var before = outbox.Now - _options.DuplicateDetectionWindow;
        var removed = await outbox.Run((model, db) => model.Inbox.Expire(db, before, AtOnce, cancellationToken), false, cancellationToken).ConfigureAwait(false);
        if (removed > 0)
            log.Cleaned(removed);
        return removed;
    }
}
