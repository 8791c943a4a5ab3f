using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Takes in what deploy systems report.</summary>
internal sealed class DeploymentReportedConsumer(OperationDesk desk) : IConsumer<DeploymentReported>
{
    public Task Consume(ConsumeContext<DeploymentReported> context) => desk.Report(context.Message, EventSource.Message, context.CancellationToken);
}
