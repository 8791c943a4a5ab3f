namespace DevopsCd.Contracts.Api;

/// <summary>Name and password of an account.</summary>
public sealed record Login
{
    /// <summary>The account's name.</summary>
    public required string Name { get; init; }

    /// <summary>The password of the account.</summary>
    public required string Password { get; init; }

    /// <summary>The code of the authenticator, or a recovery code, where the account asks for one.</summary>
    public string? Code { get; init; }
}
