namespace DevopsCd.Contracts.Api;

/// <summary>Body of <c>POST /api/v1/preflight</c>: operations to check without doing them.</summary>
public sealed record DeployPreflightRequest
{
    /// <summary>The operations, as they would be sent.</summary>
    public required IReadOnlyList<DeployOperationRequest> Operations { get; init; }
}
