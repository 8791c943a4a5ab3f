namespace DevopsCd.Core.Access;

/// <summary>
/// One row of the audit of access: what was refused for want of a right, and every change of who may do what. What concerns a batch stands
/// in the batch's own audit. Append-only.
/// </summary>
internal sealed record AccessEvent
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Who, by kind and name.</summary>
    public string Subject { get; set; } = "";

    /// <summary>What was done or asked for: <c>denied</c>, <c>binding_added</c>, <c>binding_removed</c>, <c>project_created</c>, <c>policy_changed</c> …</summary>
    public string Event { get; set; } = "";

    /// <summary>Of what: a route, a message, a binding, a project.</summary>
    public string? Target { get; set; }

    /// <summary>The project it concerns; null where it concerns none in particular.</summary>
    public string? Project { get; set; }

    /// <summary>The permission that was missing.</summary>
    public string? Permission { get; set; }

    /// <summary>Through what: <c>http</c> or <c>message</c>.</summary>
    public string Source { get; set; } = "";

    /// <summary>The address it came from, where that is known.</summary>
    public string? Address { get; set; }

    /// <summary>What it was before, as JSON.</summary>
    public string? Before { get; set; }

    /// <summary>What it is afterwards, as JSON.</summary>
    public string? After { get; set; }
}
