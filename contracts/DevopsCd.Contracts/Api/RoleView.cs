namespace DevopsCd.Contracts.Api;

/// <summary>A named set of permissions.</summary>
public sealed record RoleView
{
    /// <summary>What bindings call it.</summary>
    public required string Name { get; init; }

    /// <summary>What it allows.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>Where it is written: `built-in`, or `configuration`.</summary>
    public required string Source { get; init; }
}
