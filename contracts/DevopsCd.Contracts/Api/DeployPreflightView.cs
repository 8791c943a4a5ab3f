namespace DevopsCd.Contracts.Api;

/// <summary>The answer of a preflight; nothing was written.</summary>
public sealed record DeployPreflightView
{
    /// <summary>Whether every operation could be started.</summary>
    public required bool Ok { get; init; }

    /// <summary>One result for each operation.</summary>
    public required IReadOnlyList<DeployPreflightResult> Results { get; init; }
}
