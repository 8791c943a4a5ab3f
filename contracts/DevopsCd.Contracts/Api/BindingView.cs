namespace DevopsCd.Contracts.Api;

/// <summary>Who has which role in which project.</summary>
public sealed record BindingView
{
    /// <summary>Kind and name, for example `group:release-team`.</summary>
    public required string Subject { get; init; }

    /// <summary>The name of the role.</summary>
    public required string Role { get; init; }

    /// <summary>The name of the project, or `*` for all of them.</summary>
    public required string Project { get; init; }

    /// <summary>Where it is written: `database`; `configuration`, which only the configuration changes; in an explanation also what the login itself brought.</summary>
    public required string Source { get; init; }

    /// <summary>Who has added it, where that is known.</summary>
    public string? CreatedBy { get; init; }

    /// <summary>When it was added, where that is known.</summary>
    public DateTimeOffset? CreatedAt { get; init; }
}
