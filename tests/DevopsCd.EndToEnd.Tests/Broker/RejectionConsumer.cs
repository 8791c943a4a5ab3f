using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.EndToEnd.Tests.Broker;

internal sealed class RejectionConsumer(Taken taken) : IConsumer<CommandRejected>
{
    public Task Consume(ConsumeContext<CommandRejected> context) => taken.Take(context.Message, context.MessageId, null);
}
