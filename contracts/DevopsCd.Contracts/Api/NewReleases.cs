namespace DevopsCd.Contracts.Api;

/// <summary>Applications to add to a batch.</summary>
public sealed record NewReleases
{
    /// <summary>The applications, each once. Dependencies may name what is added and what is in the batch already.</summary>
    public required IReadOnlyList<ReleaseItem> Releases { get; init; }
}
