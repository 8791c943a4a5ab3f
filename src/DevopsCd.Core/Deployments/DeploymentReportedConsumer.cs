using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Deployments;

/// <summary>Takes in what deploy systems report.</summary>
internal sealed class DeploymentReportedConsumer(DeploymentOperationRunner desk) : IConsumer<DeploymentReported>
{
    public Task Consume(ConsumeContext<DeploymentReported> context) => desk.ReportAsync(
        context.Message, new ReportSender(context.Headers.Get<string>(EventSource.VerifiedUser) ?? Operators.DeploySystem, EventSource.Message),
            context.CancellationToken);
}
