using System.Collections.Concurrent;
using System.Diagnostics;
using DevopsCd.Core.Observability;

namespace DevopsCd.Core.Tests.Observability;

/// <summary>The engine's spans of this process, other tests' among them.</summary>
internal sealed class HeardSpans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;

    public HeardSpans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>All that have ended in a trace, in the order of their ends.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];

    /// <summary>The last one that began an attempt of the batch.</summary>
    public Activity Begun(string batchNumber, string stage) =>
        _ended.Last(span => span.OperationName == $"begin {stage}" && (string?)span.GetTagItem("devopscd.batch.number") == batchNumber);

    public void Dispose() => _listener.Dispose();
}
