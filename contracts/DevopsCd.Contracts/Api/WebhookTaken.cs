namespace DevopsCd.Contracts.Api;

/// <summary>A webhook that was stored and will be read.</summary>
public sealed record WebhookTaken
{
    /// <summary>The sender's id of the webhook, or a hash of its content.</summary>
    public required string DeliveryId { get; init; }
}
