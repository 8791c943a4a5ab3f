namespace DevopsCd.Contracts.Api;

/// <summary>Who has which role in which project.</summary>
public sealed record BindingBody
{
    /// <summary>Kind and name: `user:`, `group:`, `token:`, `workload:` or `amqp:`, for example `group:release-team`.</summary>
    public required string Subject { get; init; }

    /// <summary>The name of a role; `GET /access/roles` lists them.</summary>
    public required string Role { get; init; }

    /// <summary>The name of a project, or `*` for all of them.</summary>
    public required string Project { get; init; }
}
