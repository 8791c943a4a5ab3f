using DevopsCd.Contracts;
using DevopsCd.Core.Consuming;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Submits an operation whose try is due.</summary>
internal sealed class DeployApplicationConsumer(DeploymentOperationRunner desk) : IConsumer<DeployApplication>
{
    public Task Consume(ConsumeContext<DeployApplication> context) =>
        desk.CallAsync(context.Message.BatchId, context.Message.OperationId, context.CameBefore(), context.CancellationToken);
}
