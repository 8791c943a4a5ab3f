namespace DevopsCd.Contracts.Api;

/// <summary>Who sends a request, as the service knows it.</summary>
public sealed record CallerView
{
    /// <summary>Kind and name, for example <c>user:ann</c>: what bindings say.</summary>
    public required string Subject { get; init; }

    /// <summary>The name that the audit records.</summary>
    public required string Operator { get; init; }

    /// <summary>The groups that the login provider names.</summary>
    public required IReadOnlyList<string> Groups { get; init; }
}
