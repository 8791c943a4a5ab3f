namespace DevopsCd.Contracts;

/// <summary>Internal to the engine: run the three functions once.</summary>
public sealed record ScanBatches
{
    /// <summary>When the scan was due.</summary>
    public required DateTimeOffset DueAt { get; init; }
}
