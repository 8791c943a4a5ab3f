using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Polls an operation whose look is due.</summary>
internal sealed class CheckDeploymentConsumer(OperationDesk desk) : IConsumer<CheckDeployment>
{
    public async Task Consume(ConsumeContext<CheckDeployment> context)
    {
        if (!await desk.Check(context.Message.OperationId, context.CancellationToken) && context.ReceiveContext.Redelivered)
            await desk.TakeUp(context.Message.OperationId, context.CancellationToken);
    }
}
