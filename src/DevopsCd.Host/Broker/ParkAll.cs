using System.Globalization;
using DevopsCd.Core.Parking;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Parks whatever reaches the two queues that catch what nobody took.</summary>
internal sealed class ParkAll(Parker parker) : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) =>
        parker.ParkAsync(DeliveryInfo.QueueOf(context) == QueueNames.Dead ? Dead(context) : Unrouted(context), context.CancellationToken);

    public void Probe(ProbeContext context) => context.CreateFilterScope("parkAll");

    private static ParkedDelivery Unrouted(ReceiveContext context) =>
        DeliveryInfo.ToPark(context, $"no queue is bound to exchange '{DeliveryInfo.ExchangeOf(context)}'");

    private static ParkedDelivery Dead(ReceiveContext context)
    {
        var queue = TextOf(context, "x-first-death-queue") ?? QueueNames.Dead;
        var cause = TextOf(context, "x-first-death-reason") ?? "unknown";
        var parked = DeliveryInfo.ToPark(context,
            $"the broker gave it up (cause: {cause}): it was delivered from '{queue}' again and again without an answer");
        return parked with { Queue = queue, Exchange = TextOf(context, "x-first-death-exchange") ?? parked.Exchange };
    }

    private static string? TextOf(ReceiveContext context, string header) =>
        context.TransportHeaders.TryGetHeader(header, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;
}
