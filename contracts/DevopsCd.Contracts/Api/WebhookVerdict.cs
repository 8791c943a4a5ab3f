namespace DevopsCd.Contracts.Api;

/// <summary>What one rule says of a build.</summary>
public sealed record WebhookVerdict
{
    /// <summary>The rule's place in the configuration, or what stands for one.</summary>
    public required string Rule { get; init; }

    /// <summary>The application that the rule is about.</summary>
    public required string Application { get; init; }

    /// <summary>Whether the rule matched the build.</summary>
    public required bool Matched { get; init; }

    /// <summary>Why the rule did not match.</summary>
    public string? WhyNot { get; init; }
}
