namespace DevopsCd.Contracts.Api;

/// <summary>Operations to check without doing them.</summary>
public sealed record DeployPreflightRequest
{
    /// <summary>The operations, as they would be sent.</summary>
    public required IReadOnlyList<DeployOperationRequest> Operations { get; init; }
}
