namespace DevopsCd.Contracts.Api;

/// <summary>The password of an account, set with the token of an invitation.</summary>
public sealed record PasswordSetting
{
    /// <summary>The token of the link.</summary>
    public required string Token { get; init; }

    /// <summary>The name of the first account; later accounts have their name from the invitation.</summary>
    public string? Name { get; init; }

    /// <summary>The password: 12 to 256 characters, at least five different ones.</summary>
    public required string Password { get; init; }
}
