using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Observability;
using DevopsCd.Shared;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>Sends what is due: one loop a channel, so that a slow or dead one delays no other. Woken by commits of this process, and by itself.</summary>
internal sealed class NotificationSender(
    ChannelRegistry channels, NotificationDispatcher pump, WakeSignal<Notification> signal, NotificationOptions options, WorkWatch watch, TimeProvider clock,
    ILogger<NotificationSender> log) : BackgroundService
{
    private static readonly TimeSpan s_longestStumble = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(channels.All.Select(channel => Task.Run(() => RunAsync(channel, stoppingToken), stoppingToken)));

    private async Task RunAsync(INotificationChannel channel, CancellationToken stoppingToken)
    {
        var stumbles = 0;
        while (!stoppingToken.IsCancellationRequested)
            try
            {
                var woken = signal.Next;
                bool sent;
                DateTimeOffset? again;
                using (watch.Begin($"the sending of notices to {channel.Name}", s_atMost))
                    (sent, again) = await pump.StepAsync(channel, stoppingToken);
                stumbles = 0;
                if (!sent)
                    await RestAsync(woken, again, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // The database is away, most likely. The rows wait; so does this loop.
                var wait = Backoff.After(++stumbles, TimeSpan.FromSeconds(1), s_longestStumble);
                log.SenderStumbled(fault, channel.Name, wait);
                try
                {
                    await Task.Delay(wait, clock, stoppingToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
    }

    private async Task RestAsync(Task woken, DateTimeOffset? again, CancellationToken stoppingToken)
    {
        TimeSpan rest = options.PollInterval;
        if (again is { } at && at - clock.GetUtcNow() is var left && left < rest)
            rest = left > TimeSpan.FromMilliseconds(1) ? left : TimeSpan.FromMilliseconds(1);
        await WakeSignal<Notification>.WaitAsync(woken, rest, clock, stoppingToken);
    }
}
