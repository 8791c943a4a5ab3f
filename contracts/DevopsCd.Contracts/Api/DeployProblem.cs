namespace DevopsCd.Contracts.Api;

/// <summary>The deploy service's refusal, RFC 9457 <c>application/problem+json</c>.</summary>
public sealed record DeployProblem
{
    /// <summary>A stable name of the kind of problem, for example <c>urn:devopscd:deploy:same-id-other-body</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The kind of problem for people.</summary>
    public string? Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public int? Status { get; init; }

    /// <summary>What was wrong with this request.</summary>
    public string? Detail { get; init; }

    /// <summary>With 422: field of the body to what is wrong with it and what is allowed.</summary>
    public Dictionary<string, string[]>? Errors { get; init; }

    /// <summary>Finds the request again in the service's log.</summary>
    public string? TraceId { get; init; }
}
