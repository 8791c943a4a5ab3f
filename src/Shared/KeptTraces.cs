using System.Diagnostics;

namespace DevopsCd.Shared;

/// <summary>Spans of work that goes on over messages, processes and restarts: its trace is kept in a row, as W3C's <c>traceparent</c>.</summary>
/// <param name="name">What those who trace listen to.</param>
internal sealed class KeptTraces(string name)
{
    private readonly ActivitySource _source = new(name);

    /// <summary>Somebody listens; else nothing is made and nothing need be kept.</summary>
    public bool IsHeard => _source.HasListeners();

    /// <summary>The trace to which what was kept belongs; null where nothing was.</summary>
    public static string? IdOf(string? kept) => ActivityContext.TryParse(kept, null, out var context) ? context.TraceId.ToString() : null;

    /// <summary>Starts a span below the present one, or without one where there is none.</summary>
    public Activity? Start(string span, ActivityTagsCollection? tags = null, ActivityLink? link = null) =>
        _source.StartActivity(span, ActivityKind.Internal, default(ActivityContext), tags, link is { } one ? [one] : null);

    /// <summary>Goes on with a trace: what is called and sent until the end of the span belongs to it.</summary>
    /// <param name="trace">What was kept of it.</param>
    /// <param name="span">What is done.</param>
    /// <param name="tags">What it is done for.</param>
    /// <returns>The span, to be disposed; null where nothing was kept or nobody listens.</returns>
    public Activity? Continue(string? trace, string span, Func<ActivityTagsCollection>? tags = null)
    {
        if (!IsHeard || !ActivityContext.TryParse(trace, null, isRemote: true, out var kept))
            return null;
        // Below the message or request that is being worked on, where that belongs to the trace.
        var parent = Activity.Current is { } present && present.TraceId == kept.TraceId ? present.Context : kept;
        return _source.StartActivity(span, ActivityKind.Internal, parent, tags?.Invoke());
    }

    /// <summary>Records what has ended, from its start on: whoever has begun it may be another process.</summary>
    /// <param name="trace">What was kept of its trace.</param>
    /// <param name="span">What it was.</param>
    /// <param name="from">When it began.</param>
    /// <param name="to">When it ended.</param>
    /// <param name="failure">Why it failed; null where it did not.</param>
    /// <param name="tags">What it was done for.</param>
    public void Record(string? trace, string span, DateTimeOffset from, DateTimeOffset to, string? failure, Func<ActivityTagsCollection> tags)
    {
        if (!IsHeard || !ActivityContext.TryParse(trace, null, isRemote: true, out var kept))
            return;
        using var recorded = _source.StartActivity(span, ActivityKind.Internal, kept, tags(), startTime: from);
        if (failure is not null)
            recorded?.SetStatus(ActivityStatusCode.Error, failure);
        recorded?.SetEndTime(to.UtcDateTime);
    }
}
