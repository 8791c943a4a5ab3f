namespace DevopsCd.Host.Access.Sessions;

/// <summary>Somebody who is logged in. Deleting the row logs them out, on every instance.</summary>
internal sealed class Session
{
    /// <summary>The SHA-256 of the key in the cookie, in hex: who reads the table cannot take a session over.</summary>
    public required string Id { get; init; }

    /// <summary>Who it is, as <c>user:ann</c>.</summary>
    public required string Subject { get; set; }

    /// <summary>The framework's ticket, encrypted.</summary>
    public required byte[] Ticket { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The account: the session goes with it.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>Who it is for the provider, see <see cref="Oidc.ProviderPerson.Key" />; null for a session of no provider.</summary>
    public string? ProviderPerson { get; init; }

    /// <summary>The provider's own name of its session, by which it ends it.</summary>
    public string? ProviderSession { get; init; }

    /// <summary>What the provider is asked with again, encrypted.</summary>
    public byte[]? ProviderTokens { get; set; }

    /// <summary>When the provider is asked again; null when it is not.</summary>
    public DateTimeOffset? RefreshAt { get; set; }

    /// <summary>When it ends unless it is used.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }
}
