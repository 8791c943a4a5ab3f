namespace DevopsCd.Contracts.Api;

/// <summary>What a webhook would lead to.</summary>
public sealed record WebhookTried
{
    /// <summary>Why the webhook reports no build; absent when it reports one.</summary>
    public string? Ignored { get; init; }

    /// <summary>The builds that would be stored.</summary>
    public required IReadOnlyList<BuildCompleted> Builds { get; init; }

    /// <summary>Every rule that was asked, and why it did not match.</summary>
    public required IReadOnlyList<WebhookVerdict> Rules { get; init; }

    /// <summary>What is missing or wrong; a build with a wrong field is refused.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>What is assumed because the sender does not say it.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
