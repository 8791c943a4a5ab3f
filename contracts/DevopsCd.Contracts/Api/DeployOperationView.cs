namespace DevopsCd.Contracts.Api;

/// <summary>What the deploy service answers about one operation.</summary>
public sealed record DeployOperationView
{
    /// <summary>The id that the operation was started with.</summary>
    public required string OperationId { get; init; }

    /// <summary>The phase of the operation: <c>pending</c>, <c>progressing</c>, <c>paused</c>, <c>succeeded</c>, <c>failed</c> or <c>stopped</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>A short stable word for why the operation is in this phase, for example <c>ImagePullBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Why the operation is in this phase, for people, with names and numbers.</summary>
    public string? Message { get; init; }

    /// <summary>Of an operation that has failed, or was stopped while something kept it from coming up: why, as it was seen then.</summary>
    public DeployCause? Cause { get; init; }

    /// <summary>The pods of the workload, once they were seen.</summary>
    public DeployReplicas? Replicas { get; init; }

    /// <summary>What ran before; absent until the operation has begun to change its target.</summary>
    public DeployPrevious? Previous { get; init; }

    /// <summary>When the operation was accepted.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the operation ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
