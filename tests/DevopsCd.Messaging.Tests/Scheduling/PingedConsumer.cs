using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed class PingedConsumer(Received received) : IConsumer<Pinged>
{
    public Task Consume(ConsumeContext<Pinged> context)
    {
        received.Add(context, TimeProvider.System.GetUtcNow());
        return Task.CompletedTask;
    }
}
