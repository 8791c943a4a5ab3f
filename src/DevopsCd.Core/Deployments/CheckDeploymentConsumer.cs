using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Polls an operation whose look is due.</summary>
internal sealed class CheckDeploymentConsumer(OperationDesk desk) : IConsumer<CheckDeployment>
{
    public Task Consume(ConsumeContext<CheckDeployment> context) => desk.Check(context.Message.OperationId, context.CancellationToken);
}
