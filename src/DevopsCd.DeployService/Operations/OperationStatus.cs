using System.Text.Json;
using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Operations;

/// <summary>The part of a record that moves.</summary>
internal sealed record OperationStatus
{
    public string Phase { get; init; } = DeployPhases.Pending;
    public string? Reason { get; init; }
    public string? Message { get; init; }
    public DeployReplicas? Replicas { get; init; }

    /// <summary>Why it has failed, as it was seen then.</summary>
    public DeployCause? Cause { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>One of <see cref="OperationIntent"/>.</summary>
    public string Intent { get; init; } = OperationIntent.Deploy;

    /// <summary>What the operation ends as once it has returned or holds.</summary>
    public Ending? Ending { get; init; }

    /// <summary>When a return that does not come to an end is given up.</summary>
    public DateTimeOffset? ReturnBy { get; init; }

    /// <summary>How many times somebody has promoted it.</summary>
    public int Promotions { get; init; }

    /// <summary>Promote to the end, past all further pauses.</summary>
    public bool PromoteAll { get; init; }

    /// <summary>What the strategy remembers between its steps.</summary>
    public JsonElement? State { get; init; }

    /// <summary>The versions of the target's objects all this rests on, by plural and name.</summary>
    public IReadOnlyDictionary<string, string>? Basis { get; init; }

    /// <summary>Work left after success, for example the old version that is kept for a while.</summary>
    public PostSuccessWork? Tail { get; init; }

    /// <summary>Whether it has ended with something of it left beside the image. The next operation on the workload takes that away first.</summary>
    public bool Left { get; init; }

    /// <summary>The trace of the call that has asked for what it does at present; null where nobody listened.</summary>
    public OperationTrace? Trace { get; init; }

    /// <summary>How far its report has come; null where nobody is told, and once it is reported.</summary>
    public ReportTry? Report { get; init; }

    /// <summary>When the end was reported, or the report given up.</summary>
    public DateTimeOffset? ReportedAt { get; init; }
}
