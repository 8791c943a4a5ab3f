using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Submits an operation whose try is due.</summary>
internal sealed class DeployApplicationConsumer(OperationDesk desk) : IConsumer<DeployApplication>
{
    public async Task Consume(ConsumeContext<DeployApplication> context)
    {
        if (!await desk.Submit(context.Message.OperationId, context.CancellationToken) && context.ReceiveContext.Redelivered)
            await desk.TakeUp(context.Message.OperationId, context.CancellationToken);
    }
}
