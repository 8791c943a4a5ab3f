using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>One operation as it is written in its ConfigMap; immutable, every change is a new version.</summary>
internal sealed record OperationRecord
{
    public required string Id { get; init; }
    public required DeployOperationRequest Request { get; init; }

    /// <summary>The hash of the request: the same id with another hash is another operation.</summary>
    public required string Hash { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset DeadlineAt { get; init; }
    public OperationStatus Status { get; init; } = new();

    /// <summary>What the strategy has recorded of the target just before its first change.</summary>
    public JsonElement? Previous { get; init; }

    /// <summary>The version of the ConfigMap this was read from; empty until it is written.</summary>
    [JsonIgnore]
    public string ResourceVersion { get; init; } = "";

    /// <summary>What is written under its name is not this record, or nothing is.</summary>
    [JsonIgnore]
    public bool IsLost => ResourceVersion.Length == 0;

    [JsonIgnore]
    public bool HasEnded => DeployPhases.HasEnded(Status.Phase);

    /// <summary>Nothing left to do but, perhaps, to report.</summary>
    [JsonIgnore]
    public bool AtRest => HasEnded && Status.Tail is null;

    /// <summary>Ended with what it has written in place: it has begun, and was not taken back.</summary>
    [JsonIgnore]
    public bool Stands => HasEnded && Previous is not null && Status.Intent != OperationIntent.Return;

    /// <summary>Accepted with the target's state in it, and nothing is known to have been written yet.</summary>
    [JsonIgnore]
    public bool StartsAtOnce => StrategyType == StrategyNames.Rolling && Previous is not null && Status.Reason == DeploySteps.Starting.Reason;

    [JsonIgnore]
    public string StrategyType => Request.Strategy?.Type ?? "rolling";

    [JsonIgnore]
    public WorkloadKey Workload => WorkloadKey.Of(Request);

    [JsonIgnore]
    public string NotDoneInTime => $"not done within {(DeadlineAt - StartedAt).TotalSeconds:0} s";

    /// <summary>Which of two operations on one workload came later; the id decides within one instant.</summary>
    public bool IsLaterThan(OperationRecord other) =>
        StartedAt != other.StartedAt ? StartedAt > other.StartedAt : string.CompareOrdinal(Id, other.Id) > 0;

    /// <summary>Whether both mean the same container; one that names none means the only one there is.</summary>
    public bool SharesContainerWith(OperationRecord other) =>
        Request.Workload.Container is not { } mine || other.Request.Workload.Container is not { } others || mine == others;

    public DeployOperationView ToView() => new()
    {
        OperationId = Id,
        Phase = Status.Phase,
        Reason = Status.Reason,
        Message = Status.Message,
        Replicas = Status.Replicas,
        // It is known before the way back has come to its end.
        Cause = Status.Cause ?? Status.Ending?.Cause,
        StartedAt = StartedAt,
        FinishedAt = Status.FinishedAt
    };
}
