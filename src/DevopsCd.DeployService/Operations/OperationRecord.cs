using System.Text.Json;
using System.Text.Json.Serialization;
using DevopsCd.Contracts.Api;

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

    /// <summary>The version of the ConfigMap this was read from.</summary>
    [JsonIgnore]
    public string ResourceVersion { get; init; } = "";

    [JsonIgnore]
    public bool HasEnded => DeployPhases.HasEnded(Status.Phase);

    /// <summary>Nothing left to do but, perhaps, to report.</summary>
    [JsonIgnore]
    public bool AtRest => HasEnded && Status.Tail is null;

    [JsonIgnore]
    public string StrategyType => Request.Strategy?.Type ?? "rolling";

    [JsonIgnore]
    public WorkloadKey Workload => WorkloadKey.Of(Request);

    [JsonIgnore]
    public string NotDoneInTime => $"not done within {(DeadlineAt - StartedAt).TotalSeconds:0} s";

    /// <summary>Which of two operations on one workload came later; the id decides within one instant.</summary>
    public bool IsLaterThan(OperationRecord other) =>
        StartedAt != other.StartedAt ? StartedAt > other.StartedAt : string.CompareOrdinal(Id, other.Id) > 0;

    public DeployOperationView ToView() => new()
    {
        OperationId = Id,
        Phase = Status.Phase,
        Reason = Status.Reason,
        Message = Status.Message,
        Replicas = Status.Replicas,
        StartedAt = StartedAt,
        FinishedAt = Status.FinishedAt
    };
}
