namespace DevopsCd.Host.Ui.Batches;

/// <summary>What somebody has decided about a batch.</summary>
/// <param name="Event">The key of the event to raise.</param>
/// <param name="Key">The same for each repetition of the one click.</param>
internal sealed record Decision(string Event, string Key)
{
    /// <summary>Why, as they say; null for nothing.</summary>
    public string? Reason { get; init; }

    /// <summary>Start although a freeze holds.</summary>
    public bool OverrideFreeze { get; init; }

    /// <summary>Start then, and not now.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Give the start up then, if something stands in its way for so long.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Cancel although production runs a part of it.</summary>
    public bool AcceptMoved { get; init; }
}
