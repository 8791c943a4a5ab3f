namespace DevopsCd.Host.Access.Accounts;

/// <summary>A link that lets somebody set the password of an account, once and for a short while. The row does not know the link's secret.</summary>
internal sealed class Invitation
{
    /// <summary>The SHA-256 of the secret, in hex.</summary>
    public required string Id { get; init; }

    /// <summary>The account's name; null for the first account, whose name the person chooses.</summary>
    public string? Account { get; init; }

    public required string MadeBy { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }

    /// <summary>Taken by the one link that can make the first account; null for others and for one whose time is over.</summary>
    public string? Slot { get; set; }
}
