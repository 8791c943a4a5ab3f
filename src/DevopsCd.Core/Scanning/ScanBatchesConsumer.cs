using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Scanning;

/// <summary>Runs a scan that the clock asked for; one that overlaps another does nothing.</summary>
internal sealed class ScanBatchesConsumer(BatchScan scan) : IConsumer<ScanBatches>
{
    public Task Consume(ConsumeContext<ScanBatches> context) => scan.RunAsync(context.CancellationToken);
}
