using System.Diagnostics;
using DevopsCd.Shared;

namespace DevopsCd.Core.Observability;

/// <summary>
/// Spans of the engine. A batch lives for days, and many people and machines touch it: what belongs together is an attempt of a stage. Its
/// trace is kept with the batch and its operations, so that whoever goes on, on any host and after any crash, goes on with it.
/// </summary>
internal static class Tracing
{
    public const string SourceName = "DevopsCd";

    private static readonly KeptTraces s_source = new(SourceName);

    /// <summary>
    /// Begins the trace of a stage's attempt. It is part of the trace of a person's command; what the engine starts by itself has a trace of its
    /// own, linked to what caused it: one look of the scan starts many.
    /// </summary>
    /// <param name="batch">Its batch; the attempt has begun.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="byEngine">Nobody has asked for it.</param>
    /// <returns>What continues it; null while nobody listens.</returns>
    public static string? Begin(Batch batch, Stage stage, bool byEngine)
    {
        if (!s_source.IsHeard)
            return null;
        var cause = Activity.Current;
        if (byEngine)
            Activity.Current = null;
        try
        {
            using var begun = s_source.Start(
                $"begin {EnumNames<Stage>.Of(stage)}", TagsOf(batch, stage), byEngine && cause is not null ? new ActivityLink(cause.Context) : null);
            return begun?.Id;
        }
        finally
        {
            Activity.Current = cause;
        }
    }

    /// <summary>Goes on with the trace of a batch's stage.</summary>
    public static Activity? Continue(Batch batch, string span) => s_source.Continue(batch.Trace, span);

    /// <summary>Goes on with the trace of an operation's stage.</summary>
    public static Activity? Continue(Deployment operation, string span) => s_source.Continue(operation.Trace, span, () => TagsOf(operation));

    /// <summary>Goes on with a trace of which no more is known yet.</summary>
    public static Activity? Continue(string? trace, string span) => s_source.Continue(trace, span);

    /// <summary>An operation has ended.</summary>
    public static void Ended(Deployment operation) => s_source.Record(
        operation.Trace, operation.Stage.GoesBack() ? "roll back application" : "deploy application", operation.StartedAt, operation.FinishedAt!.Value,
        operation.Status == OperationStatus.Succeeded ? null : operation.Error ?? EnumNames<OperationStatus>.Of(operation.Status), () => TagsOf(operation));

    /// <summary>An attempt of a stage has ended.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="failure">Why it did not reach its aim; null where it did.</param>
    public static void Ended(Batch batch, Stage stage, string? failure)
    {
        if (batch.Run(stage) is { StartedAt: { } from, FinishedAt: { } to })
            s_source.Record(batch.Trace, $"stage {EnumNames<Stage>.Of(stage)}", from, to, failure, () => TagsOf(batch, stage));
    }

    private static ActivityTagsCollection TagsOf(Batch batch, Stage stage) => new()
    {
        ["devopscd.batch.number"] = batch.BatchNumber,
        ["devopscd.stage"] = EnumNames<Stage>.Of(stage),
        ["devopscd.attempt"] = batch.Attempt(stage)
    };

    private static ActivityTagsCollection TagsOf(Deployment operation) => new()
    {
        ["devopscd.operation.id"] = operation.OperationId,
        ["devopscd.application"] = operation.Application,
        ["devopscd.cluster"] = operation.Cluster,
        ["devopscd.stage"] = EnumNames<Stage>.Of(operation.Stage),
        ["devopscd.attempt"] = operation.Attempt,
        ["devopscd.tries"] = operation.Tries
    };
}
