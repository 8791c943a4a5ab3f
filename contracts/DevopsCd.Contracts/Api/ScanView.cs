namespace DevopsCd.Contracts.Api;

/// <summary>What a scan did.</summary>
public sealed record ScanView
{
    /// <summary>The applications that were brought to a newer build.</summary>
    public required IReadOnlyList<string> Refreshed { get; init; }

    /// <summary>The batches whose pre-deploy was started.</summary>
    public required IReadOnlyList<string> Started { get; init; }

    /// <summary>The batches whose production plan was made.</summary>
    public required IReadOnlyList<string> Prepared { get; init; }

    /// <summary>The operations and stages that had waited for a lost message.</summary>
    public required IReadOnlyList<string> Woken { get; init; }

    /// <summary>The batches whose approval had expired and was revoked.</summary>
    public required IReadOnlyList<string> Expired { get; init; }
}
