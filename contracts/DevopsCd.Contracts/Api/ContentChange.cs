namespace DevopsCd.Contracts.Api;

/// <summary>How one application of a batch differs from what was looked at or approved.</summary>
public sealed record ContentChange
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>What differs, old → new, for example <c>build 41 → 42</c>.</summary>
    public required IReadOnlyList<string> Changes { get; init; }
}
