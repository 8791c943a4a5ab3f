namespace DevopsCd.Contracts.Api;

/// <summary>What a scan did.</summary>
public sealed record ScanView
{
    /// <summary>Applications brought to a newer build.</summary>
    public required IReadOnlyList<string> Refreshed { get; init; }

    /// <summary>Batches whose pre-deploy was asked for.</summary>
    public required IReadOnlyList<string> Started { get; init; }

    /// <summary>Batches whose production plan was made.</summary>
    public required IReadOnlyList<string> Prepared { get; init; }

    /// <summary>Operations and stages that waited for a lost message.</summary>
    public required IReadOnlyList<string> Woken { get; init; }
}
