namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /deployments/{operationId}/report</c>.</summary>
public sealed record ReportBody
{
    /// <summary>How the operation stands.</summary>
    public required DeploymentPhase Phase { get; init; }

    /// <summary>A short machine-readable cause.</summary>
    public string? Reason { get; init; }

    /// <summary>The cause for people.</summary>
    public string? Message { get; init; }
}
