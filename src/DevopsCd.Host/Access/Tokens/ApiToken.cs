namespace DevopsCd.Host.Access.Tokens;

/// <summary>A secret with which a program acts for a person, bounded to a part of that person's rights. The row does not know the secret.</summary>
internal sealed class ApiToken
{
    /// <summary>The part of the token that is no secret.</summary>
    public required string Id { get; init; }

    /// <summary>The SHA-256 of the whole token, in hex.</summary>
    public required string Hash { get; init; }

    /// <summary>What it is for, in its owner's words.</summary>
    public required string Name { get; init; }

    /// <summary>The person whose rights it has.</summary>
    public required string Owner { get; init; }

    /// <summary>The permissions it is bounded to; null for all that the owner has.</summary>
    public string[]? Permissions { get; init; }

    /// <summary>The projects it is bounded to; null for all.</summary>
    public string[]? Projects { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Whether it has neither been revoked nor come to its end.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;
}
