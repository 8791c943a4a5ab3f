using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Submits an operation whose try is due.</summary>
internal sealed class DeployApplicationConsumer(OperationDesk desk) : IConsumer<DeployApplication>
{
    public Task Consume(ConsumeContext<DeployApplication> context) => desk.Submit(context.Message.OperationId, context.CancellationToken);
}
