using DevopsCd.Contracts;
using DevopsCd.Core.Consuming;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Makes the call of an accepted or given-up operation that is due.</summary>
internal sealed class CheckDeploymentConsumer(DeploymentOperationRunner desk) : IConsumer<CheckDeployment>
{
    public Task Consume(ConsumeContext<CheckDeployment> context) =>
        desk.CallAsync(context.Message.BatchId, context.Message.OperationId, context.CameBefore(), context.CancellationToken);
}
