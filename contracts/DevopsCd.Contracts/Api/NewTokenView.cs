namespace DevopsCd.Contracts.Api;

/// <summary>An API token as it is shown once.</summary>
public sealed record NewTokenView
{
    /// <summary>The part of the token that is no secret.</summary>
    public required string Id { get; init; }

    /// <summary>The token: keep it, it is not shown again.</summary>
    public required string Token { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
