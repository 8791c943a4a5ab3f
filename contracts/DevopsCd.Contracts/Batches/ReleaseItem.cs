namespace DevopsCd.Contracts;

/// <summary>One application of a new batch.</summary>
public sealed record ReleaseItem
{
    /// <summary>The application's name.</summary>
    public required string Application { get; init; }

    /// <summary>The branch whose builds it follows; null takes the application's default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>Pins this build; null follows the newest successful one until sealing.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>Applications of the same batch that deploy first; null takes the application's own list.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }
}
