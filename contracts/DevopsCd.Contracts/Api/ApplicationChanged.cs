namespace DevopsCd.Contracts.Api;

/// <summary>An application of a batch as a change has left it.</summary>
public sealed record ApplicationChanged
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The outcome in pre-production; absent where the change concerns only its operations.</summary>
    public string? PreStatus { get; init; }

    /// <summary>The outcome in production; absent where the change concerns only its operations.</summary>
    public string? ProdStatus { get; init; }

    /// <summary>The outcome of taking production back; absent where the change concerns only its operations.</summary>
    public string? RollbackStatus { get; init; }

    /// <summary>What the application waits for, or why it failed.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The operations of the application that have changed.</summary>
    public required IReadOnlyList<DeploymentView> Deployments { get; init; }
}
