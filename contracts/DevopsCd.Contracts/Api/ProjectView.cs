namespace DevopsCd.Contracts.Api;

/// <summary>Applications that are released under the same policy, by the same people.</summary>
public sealed record ProjectView
{
    /// <summary>The project's name.</summary>
    public required string Name { get; init; }

    /// <summary>The policy as it was set; what it leaves out has its default.</summary>
    public required ProjectPolicyBody Policy { get; init; }

    /// <summary>The policy as it counts, with all defaults and within the bounds of the configuration.</summary>
    public required ProjectPolicyBody Effective { get; init; }

    /// <summary>Who has set the policy last; absent for a project that is as it came.</summary>
    public string? UpdatedBy { get; init; }

    /// <summary>When the policy was set last; absent for a project that is as it came.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
