namespace DevopsCd.Contracts.Api;

/// <summary>A webhook that came.</summary>
public sealed record WebhookView
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>The kind of sender.</summary>
    public required string Source { get; init; }

    /// <summary>The sender's id of it, or a hash of its content.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary><c>pending</c>, <c>applied</c>, <c>ignored</c>, <c>unmatched</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What it came to.</summary>
    public string? Outcome { get; init; }

    /// <summary>When it was read.</summary>
    public DateTimeOffset? ProcessedAt { get; init; }
}
