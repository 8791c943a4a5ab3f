namespace DevopsCd.Contracts.Api;

/// <summary>One deployment operation.</summary>
public sealed record DeploymentView
{
    /// <summary>Its id at the deploy service.</summary>
    public required string OperationId { get; init; }

    /// <summary><c>pre</c> or <c>prod</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The stage's attempt.</summary>
    public required int Attempt { get; init; }

    /// <summary><c>pending, progressing, succeeded, failed, timed_out, stopped</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Submits made.</summary>
    public required int Tries { get; init; }

    /// <summary>What it deploys.</summary>
    public required string Image { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When it is over time.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>Why it failed, or the last failed try.</summary>
    public string? Error { get; init; }
}
