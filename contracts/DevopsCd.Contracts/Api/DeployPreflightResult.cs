namespace DevopsCd.Contracts.Api;

/// <summary>What a preflight says of one operation.</summary>
public sealed record DeployPreflightResult
{
    /// <summary>The application that was asked about.</summary>
    public required string Application { get; init; }

    /// <summary>The cluster that was asked about.</summary>
    public required string Cluster { get; init; }

    /// <summary>Whether the operation could be started as things are now.</summary>
    public required bool Ok { get; init; }

    /// <summary>What stands against the operation: each field or check with the reasons.</summary>
    public Dictionary<string, string[]> Problems { get; init; } = [];

    /// <summary>What the operation would change; empty where the image already runs.</summary>
    public IReadOnlyList<DeployPreflightChange> Changes { get; init; } = [];
}
