namespace DevopsCd.Contracts.Api;

/// <summary>What a rule says of a build.</summary>
public sealed record WebhookVerdict
{
    /// <summary>The rule's place in the configuration, or what stands for one.</summary>
    public required string Rule { get; init; }

    /// <summary>The application it speaks of.</summary>
    public required string Application { get; init; }

    /// <summary>Whether it matched.</summary>
    public required bool Matched { get; init; }

    /// <summary>Why it did not.</summary>
    public string? WhyNot { get; init; }
}
