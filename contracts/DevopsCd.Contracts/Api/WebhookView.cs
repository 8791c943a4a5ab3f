namespace DevopsCd.Contracts.Api;

/// <summary>A webhook that was received.</summary>
public sealed record WebhookView
{
    /// <summary>The webhook's number; pages are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>The kind of sender, for example <c>github</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The sender's id of the webhook, or a hash of its content.</summary>
    public required string DeliveryId { get; init; }

    /// <summary>When the webhook arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How the webhook stands: <c>pending</c>, <c>applied</c>, <c>ignored</c>, <c>unmatched</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>What the webhook led to, in words.</summary>
    public string? Outcome { get; init; }

    /// <summary>When the webhook was read.</summary>
    public DateTimeOffset? ProcessedAt { get; init; }
}
