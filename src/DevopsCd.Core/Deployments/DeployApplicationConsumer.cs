using DevopsCd.Contracts;
using DevopsCd.Core.Consuming;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Submits an operation whose try is due.</summary>
internal sealed class DeployApplicationConsumer(DeploymentOperationRunner desk) : IConsumer<DeployApplication>
{
    public async Task Consume(ConsumeContext<DeployApplication> context)
    {
        if (!await desk.CallAsync(context.Message.BatchId, context.Message.OperationId, context.CancellationToken) && context.CameBefore())
            await desk.TakeUpAsync(context.Message.OperationId, context.CancellationToken);
    }
}
