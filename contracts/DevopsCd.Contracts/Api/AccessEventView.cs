using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>One row of the audit of access: a refusal for want of a right, or a change of who may do what.</summary>
public sealed record AccessEventView
{
    /// <summary>The row's number; lists are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, by kind and name.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// What was done or asked for: `denied`, `binding_added`, `binding_removed`, `project_created`, `policy_changed`, `project_removed`, `application_moved`.
    /// </summary>
    public required string Event { get; init; }

    /// <summary>Of what: a route, a message, a binding's subject, a project, an application.</summary>
    public string? Target { get; init; }

    /// <summary>The project it concerns; absent where it concerns none in particular.</summary>
    public string? Project { get; init; }

    /// <summary>The permission that was missing.</summary>
    public string? Permission { get; init; }

    /// <summary>Through what: `http` or `message`.</summary>
    public required string Source { get; init; }

    /// <summary>The address it came from, where that is known.</summary>
    public string? Address { get; init; }

    /// <summary>What it was before.</summary>
    public JsonElement? Before { get; init; }

    /// <summary>What it is afterwards.</summary>
    public JsonElement? After { get; init; }
}
