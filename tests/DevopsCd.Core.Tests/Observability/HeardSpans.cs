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

    /// <summary>The one that began the present attempt of a batch, as it is stored: other tests have batches of the same number.</summary>
    public Activity Begun(Batch batch, string stage) =>
        _ended.Last(span => span.OperationName == $"begin {stage}" && batch.Trace?.Contains(span.TraceId.ToHexString(), StringComparison.Ordinal) == true);

    public void Dispose() => _listener.Dispose();
}
