namespace DevopsCd.Contracts.Api;

/// <summary>A webhook is stored and will be read.</summary>
public sealed record WebhookTaken
{
    /// <summary>The sender's id of it, or a hash of its content.</summary>
    public required string DeliveryId { get; init; }
}
