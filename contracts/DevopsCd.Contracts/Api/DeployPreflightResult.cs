namespace DevopsCd.Contracts.Api;

/// <summary>The answer about one operation of a preflight, in the order they were asked.</summary>
public sealed record DeployPreflightResult
{
    /// <summary>The application asked about.</summary>
    public required string Application { get; init; }

    /// <summary>The cluster asked about.</summary>
    public required string Cluster { get; init; }

    /// <summary>Whether the operation could be started as things are now.</summary>
    public required bool Ok { get; init; }

    /// <summary>What stands against it: field or check to the reasons.</summary>
    public Dictionary<string, string[]> Problems { get; init; } = [];

    /// <summary>What would change; empty where the image already runs.</summary>
    public IReadOnlyList<DeployPreflightChange> Changes { get; init; } = [];
}
