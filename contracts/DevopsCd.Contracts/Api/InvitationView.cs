namespace DevopsCd.Contracts.Api;

/// <summary>A link with which somebody sets the password of an account.</summary>
public sealed record InvitationView
{
    /// <summary>The account's name.</summary>
    public required string Name { get; init; }

    /// <summary>The link's path, to be given to the person; it works once and is shown here only.</summary>
    public required string Path { get; init; }

    /// <summary>Until when the link works.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
