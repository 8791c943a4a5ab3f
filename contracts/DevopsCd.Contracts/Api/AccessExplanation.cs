namespace DevopsCd.Contracts.Api;

/// <summary>What somebody may do in a project, and why.</summary>
public sealed record AccessExplanation
{
    /// <summary>Who was asked about, by kind and name.</summary>
    public required string Subject { get; init; }

    /// <summary>The groups that were taken into account.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The project, or `*` for what concerns all of them.</summary>
    public required string Project { get; init; }

    /// <summary>Each permission that was asked about.</summary>
    public required IReadOnlyList<PermissionExplanation> Permissions { get; init; }
}

/// <summary>Whether somebody has a permission, and why.</summary>
public sealed record PermissionExplanation
{
    /// <summary>The name of the permission.</summary>
    public required string Permission { get; init; }

    /// <summary>Whether they have it.</summary>
    public required bool Allowed { get; init; }

    /// <summary>The bindings that give it; empty when they do not have it.</summary>
    public required IReadOnlyList<BindingView> Bindings { get; init; }

    /// <summary>Who can grant it, by kind and name; absent when they have it, empty when only the configuration can.</summary>
    public IReadOnlyList<string>? GrantedBy { get; init; }
}
