using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Parks what no consumer of the queue takes, in place of MassTransit's <c>_skipped</c> queues.</summary>
internal sealed class ParkSkipped(Parker parker) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        if (context.HasPayloadType(typeof(AlreadyParked)))
            return;
        var types = context.TryGetPayload<MessageIdentity>(out var recognised) ? string.Join(", ", recognised.Types) : "it";
        await parker.ParkAsync(
            DeliveryInfo.ToPark(context, $"no consumer of queue '{DeliveryInfo.QueueOf(context)}' handles {types}"),
                context.CancellationToken);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parkSkipped");
}
