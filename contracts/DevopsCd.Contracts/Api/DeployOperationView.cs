namespace DevopsCd.Contracts.Api;

/// <summary>What the deploy service answers about one operation.</summary>
public sealed record DeployOperationView
{
    /// <summary>The id given in the <c>PUT</c>.</summary>
    public required string OperationId { get; init; }

    /// <summary>One of <see cref="DeployPhases"/>.</summary>
    public required string Phase { get; init; }

    /// <summary>A short stable word for why it is in this phase, for example <c>ImagePullBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The same for people, with names and numbers.</summary>
    public string? Message { get; init; }

    /// <summary>The pods, once they were seen.</summary>
    public DeployReplicas? Replicas { get; init; }

    /// <summary>When the operation was accepted.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the operation ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}
