using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.Extensions.Logging;
using Quartz;

namespace MassTransit.QuartzIntegration;

/// <summary>
/// Sends one scheduled message to the broker. A failed attempt is retried with growing waits for ever: the retry is a row of
/// the job store, so it survives a restart, and every attempt carries the same message id.
/// </summary>
[RetryPolicy(int.MaxValue, "00:00:01", 2, MaxDelay = "00:00:30", Jitter = 0.2)]
internal sealed class ScheduledMessageJob(
    IBus bus,
    QuartzMessageSchedulerOptions options,
    TimeProvider clock,
    ILogger<ScheduledMessageJob> log) : IJob
{
    internal static readonly JobKey Key = new("MassTransitScheduleMessageJob");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var message = ScheduledMessageContext.Read(context, clock);
        using var timeout = new CancellationTokenSource(options.SendTimeout, clock);
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.CancellationToken);

        using var trace = StoredTrace.Continue(message.Headers.Select(header => new KeyValuePair<string, object>(header.Key, header.Value)),
            "deliver from schedule");
        try
        {
            var endpoint = await bus.GetSendEndpoint(message.DestinationAddress).ConfigureAwait(false);
            await endpoint.Send(new Serialization.SerializedMessageBody(), new ScheduledMessagePipe(message, context), giveUp.Token)
                .WaitAsync(giveUp.Token).ConfigureAwait(false);
            log.Sent(context.Trigger.Key, message.MessageType, message.DestinationAddress, (clock.GetUtcNow() - context.ScheduledFireTimeUtc) ?? TimeSpan.Zero);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            log.SendFailed(exception, context.Trigger.Key, message.MessageType, message.DestinationAddress);
            throw new JobExecutionException(exception);
        }
    }
}
