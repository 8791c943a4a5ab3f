namespace DevopsCd.Contracts.Api;

/// <summary>What a webhook would come to.</summary>
public sealed record WebhookTried
{
    /// <summary>Why it tells of no build; null when it does.</summary>
    public string? Ignored { get; init; }

    /// <summary>The builds that would be stored.</summary>
    public required IReadOnlyList<BuildCompleted> Builds { get; init; }

    /// <summary>Every rule that was asked, and why it did not match.</summary>
    public required IReadOnlyList<WebhookVerdict> Rules { get; init; }

    /// <summary>What is missing.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}
