using DevopsCd.Contracts;
using MassTransit;
using Quartz;

namespace DevopsCd.Core.Scanning;

/// <summary>Fires once in the cluster every <c>core.scan_interval</c> and publishes the scan.</summary>
[DisallowConcurrentExecution]
internal sealed class BatchScanJob(IBus bus, TimeProvider clock) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await bus.Publish(new ScanBatches { DueAt = clock.GetUtcNow() }, cancellationToken);
}
