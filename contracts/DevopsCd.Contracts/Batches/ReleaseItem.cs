namespace DevopsCd.Contracts;

/// <summary>One application of a new batch.</summary>
public sealed record ReleaseItem
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The branch whose builds are followed; the application's default branch without it.</summary>
    public string? Branch { get; init; }

    /// <summary>Pins this build; without it the newest successful build is followed until sealing.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>The applications of the same batch that are deployed before this one; the application's own list without it.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }
}
