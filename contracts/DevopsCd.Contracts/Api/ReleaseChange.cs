namespace DevopsCd.Contracts.Api;

/// <summary>A change of one application in a batch; what is absent stays as it is.</summary>
public sealed record ReleaseChange
{
    /// <summary>The branch whose builds are followed: at once, or while a build is pinned from its unpinning on.</summary>
    public string? Branch { get; init; }

    /// <summary>Pins this build, of any branch. An empty text unpins: the newest build of the branch that was followed before is offered again.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>The applications of the batch that are deployed before this one.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }
}
