namespace DevopsCd.Contracts.Api;

/// <summary>An account of this service.</summary>
public sealed record AccountView
{
    /// <summary>The name to log in with.</summary>
    public required string Name { get; init; }

    /// <summary>Whether the account may do everything without a binding.</summary>
    public required bool IsAdministrator { get; init; }

    /// <summary>Whether the account asks for a code of an authenticator beside the password.</summary>
    public required bool AsksForCode { get; init; }

    /// <summary>Until when the account is locked after too many failed logins.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>When the account was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
