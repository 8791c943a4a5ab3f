namespace DevopsCd.Contracts;

/// <summary>A deploy system reports on one operation. Over a deploy service (driver `http`) it makes the engine look at once and decides nothing. Reports on ended operations are kept and ignored.</summary>
public sealed record DeploymentReported
{
    /// <summary>The operation's id as it was submitted.</summary>
    public required string OperationId { get; init; }

    /// <summary>How it stands.</summary>
    public required DeploymentPhase Phase { get; init; }

    /// <summary>A short machine-readable cause, for example <c>ImagePullBackOff</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The cause for people.</summary>
    public string? Message { get; init; }
}
