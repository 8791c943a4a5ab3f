using DevopsCd.Core;
using DevopsCd.Core.Consuming;
using DevopsCd.Shared;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>
/// Holds a delivery while the database is away and tries it again, instead of giving it back to the queue: a message given back comes
/// again at once and counts towards the broker's delivery limit, so that an outage would turn good messages into dead ones. While the
/// endpoint's prefetch is held nothing more is taken out of the queue.
/// </summary>
internal sealed class HoldDuringOutage(TimeProvider clock, ILogger log, CancellationToken cancellationToken) : IFilter<ReceiveContext>
{
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, context.CancellationToken);
        for (var failures = 1; ; failures++)
        {
            try
            {
                await next.Send(context);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException && !ends.IsCancellationRequested)
            {
                // What comes out here was neither consumed nor parked: both need the database.
                var wait = Backoff.After(failures, s_firstWait, s_longestWait);
                log.Held(DeliveryInfo.QueueOf(context), wait.TotalSeconds, exception.GetBaseException().Message);
                context.AddOrUpdatePayload(() => new HeldDelivery(), held => held);
                await Task.Delay(wait, clock, ends.Token);
            }
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("holdDuringOutage");
}
