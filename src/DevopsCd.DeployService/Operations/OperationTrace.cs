using System.Diagnostics;
using DevopsCd.Contracts.Api;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Operations;

/// <summary>The trace of the call that has asked for what an operation does; kept with its record, so that it goes on over replicas and restarts.</summary>
/// <param name="Parent">What continues it, in the form of W3C's <c>traceparent</c>.</param>
/// <param name="From">When it was asked for.</param>
internal sealed record OperationTrace(string Parent, DateTimeOffset From)
{
    public const string SourceName = "DevopsCd.DeployService";

    private static readonly KeptTraces s_source = new(SourceName);

    /// <summary>The present trace; null while nobody listens.</summary>
    public static OperationTrace? Begin(DateTimeOffset now) => s_source.IsHeard && Activity.Current?.Id is { } parent ? new OperationTrace(parent, now) : null;

    /// <summary>A span of the operation's; null where it has no trace.</summary>
    public static Activity? Continue(OperationRecord record, string span) => s_source.Continue(record.Status.Trace?.Parent, span, () => TagsOf(record));

    /// <summary>What was asked for has ended.</summary>
    public static void Ended(OperationRecord record)
    {
        var status = record.Status;
        if (status is not { Trace: { } trace, FinishedAt: { } to })
            return;
        var asked = status.Phase == DeployPhases.Succeeded || status is { Phase: DeployPhases.Stopped, Reason: Endings.RolledBack };
        s_source.Record(trace.Parent, status.Ending?.Reason == Endings.RolledBack ? "take back operation" : "carry out operation", trace.From, to,
            asked ? null : $"{status.Reason}: {status.Message}", () => TagsOf(record));
    }

    private static ActivityTagsCollection TagsOf(OperationRecord record) => new()
    {
        ["devopscd.operation.id"] = record.Id,
        ["devopscd.application"] = record.Request.Application,
        ["devopscd.cluster"] = record.Request.Cluster,
        ["devopscd.stage"] = record.Request.Stage
    };
}
