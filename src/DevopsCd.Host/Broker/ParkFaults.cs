using System.Runtime.ExceptionServices;
using DevopsCd.Core.Intake.Messages;
using MassTransit;

namespace DevopsCd.Host.Broker;

/// <summary>Parks what could not be read and what a consumer refused for good, in place of MassTransit's <c>_error</c> queues.</summary>
internal sealed class ParkFaults(Parker parker) : IFilter<ExceptionReceiveContext>
{
    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (Outage.IsOne(context.Exception))
            ExceptionDispatchInfo.Capture(context.Exception).Throw();

        var cause = context.Exception;
        await parker.Park(cause is MessageRefused refused
            ? Delivery.ToPark(context, refused.Message, [.. refused.Fields.Select(f => f.Path)])
            : Delivery.ToPark(context, Summary(cause)), context.CancellationToken);

        // Otherwise the delivery would count as taken by nobody and be parked once more as skipped.
        context.AddOrUpdatePayload(() => new Settled(), settled => settled);
        await next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("parkFaults");

    private static string Summary(Exception exception)
    {
        var root = exception.GetBaseException();
        return root == exception
            ? $"the consumer failed: {root.GetType().Name}: {root.Message}"
            : $"the consumer failed: {exception.GetType().Name}: {exception.Message} ({root.GetType().Name}: {root.Message})";
    }
}
