using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Parks what no consumer of the queue takes, in place of MassTransit's <c>_skipped</c> queues.</summary>
internal sealed class ParkSkipped(Parker parker) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context.HasPayloadType(typeof(Settled)))
            return;
        var types = context.TryGetPayload<Recognised>(out var recognised) ? string.Join(", ", recognised.Types) : "it";
        await parker.Park(
            Delivery.ToPark(context, $"no consumer of queue '{Delivery.QueueOf(context)}' takes {types}"), context.CancellationToken);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parkSkipped");
}
