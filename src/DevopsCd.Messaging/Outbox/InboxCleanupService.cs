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
    private readonly InboxCleanupServiceOptions<TDbContext> _options = options.Value;
    private readonly TimeProvider _clock = provider.GetService<TimeProvider>() ?? TimeProvider.System;

    private int AtOnce => Math.Max(5_000, _options.QueryMessageLimit);

    protected override async Task ExecuteAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(_options.QueryDelay, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                while (!cancellationToken.IsCancellationRequested && await CleanAsync(cancellationToken).ConfigureAwait(false) >= AtOnce)
                {
                    // there is more
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                log.CleanupFailed(exception, _options.QueryDelay);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                // the host stops
            }
        }
    }

    private async Task<int> CleanAsync(CancellationToken cancellationToken)
    {
        var before = outbox.Now - _options.DuplicateDetectionWindow;
        var removed = await outbox.RunAsync((model, db) => model.Inbox.ExpireAsync(db, before, AtOnce, cancellationToken), false, cancellationToken)
            .ConfigureAwait(false);
        if (removed > 0)
            log.Cleaned(removed);
        return removed;
    }
}
