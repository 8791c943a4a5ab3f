namespace DevopsCd.Contracts.Api;

/// <summary>Why the deploy service refused a request, as RFC 9457 <c>application/problem+json</c>.</summary>
public sealed record DeployProblem
{
    /// <summary>A stable name of the kind of problem, for example <c>urn:devopscd:deploy:same-id-other-body</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of problem for people.</summary>
    public string? Title { get; init; }

    /// <summary>The HTTP status of the answer.</summary>
    public int? Status { get; init; }

    /// <summary>What is wrong with this request, for people.</summary>
    public string? Detail { get; init; }

    /// <summary>With <c>wrong-fields</c>: each wrong field with what is wrong and what is allowed.</summary>
    public Dictionary<string, string[]>? Errors { get; init; }

    /// <summary>The trace under which the service's log has this request.</summary>
    public string? TraceId { get; init; }
}
