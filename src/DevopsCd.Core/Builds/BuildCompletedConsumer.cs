using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Builds;

/// <summary>Takes in builds from the broker.</summary>
internal sealed class BuildCompletedConsumer(BuildIntake intake) : IConsumer<BuildCompleted>
{
    public Task Consume(ConsumeContext<BuildCompleted> context) =>
        intake.TakeInTransactionAsync(context.Message, EventSource.Message, context.CancellationToken);
}
