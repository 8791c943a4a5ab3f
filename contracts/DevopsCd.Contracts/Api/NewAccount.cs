namespace DevopsCd.Contracts.Api;

/// <summary>An account to be made.</summary>
public sealed record NewAccount
{
    /// <summary>The name to log in with.</summary>
    public required string Name { get; init; }
}
