namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>PUT /batches/{id}/releases/{app}</c>: what is absent stays.</summary>
public sealed record ReleaseChange
{
    /// <summary>Pins this build, of any branch; an empty text unpins, and the newest build of the branch it followed before flows in again.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>Applications of the batch that deploy first.</summary>
    public IReadOnlyList<string>? DependsOn { get; init; }
}
