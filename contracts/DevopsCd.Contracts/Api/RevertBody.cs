namespace DevopsCd.Contracts.Api;

/// <summary>How the batch is to be called that takes an accepted one back; may be absent.</summary>
public sealed record RevertBody
{
    /// <summary>What the new batch is for; by default it names the batch that it reverts.</summary>
    public string? Title { get; init; }

    /// <summary>The number of the new batch; the service gives one when it is absent.</summary>
    public string? BatchNumber { get; init; }
}
