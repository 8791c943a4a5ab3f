using MassTransit;

namespace DevopsCd.Messaging.Tests.Scheduling;

public sealed record Postpone
{
    public required string Text { get; init; }
}

public sealed class PostponeConsumer : IConsumer<Postpone>
{
    public Task Consume(ConsumeContext<Postpone> context) =>
        context.SchedulePublish(
            TimeSpan.FromMilliseconds(200),
            new Pinged { Text = context.Message.Text },
            Pipe.Execute<SendContext<Pinged>>(sending => sending.Headers.Set("chosen", "yes")));
}
