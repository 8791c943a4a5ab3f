using System.Runtime.ExceptionServices;
using DevopsCd.Core.Batches;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Parking;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Parks what could not be read and what a consumer refused for good, in place of MassTransit's <c>_error</c> queues.</summary>
internal sealed class ParkFaults(Parker parker) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (Outage.IsOne(context.Exception))
            ExceptionDispatchInfo.Capture(context.Exception).Throw();

        await parker.ParkAsync(ToPark(context), context.CancellationToken);

        // Otherwise the delivery would count as taken by nobody and be parked once more as skipped.
        context.AddOrUpdatePayload(() => new AlreadyParked(), settled => settled);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parkFaults");

    // A refusal names the fields, also where only the consumer finds out: to the sender it is the same as one at the door.
    private static ParkedDelivery ToPark(ExceptionReceiveContext context) => context.Exception is MessageRefusedException unreadable
        ? DeliveryInfo.ToPark(context, unreadable.Message, [.. unreadable.Fields.Select(f => f.Path)])
        : RefusalFilter.RefusalIn(context.Exception) is { } refused
            ? DeliveryInfo.ToPark(context, refused.Reason, [.. refused.Fields.Keys])
            : DeliveryInfo.ToPark(context, Summary(context.Exception));

    private static string Summary(Exception exception)
    {
        var root = exception.GetBaseException();
        return root == exception
            ? $"the consumer failed: {root.GetType().Name}: {root.Message}"
            : $"the consumer failed: {exception.GetType().Name}: {exception.Message} ({root.GetType().Name}: {root.Message})";
    }
}
