namespace DevopsCd.Contracts.Api;

/// <summary>An API token, without its secret.</summary>
public sealed record TokenView
{
    /// <summary>The part of the token that is no secret.</summary>
    public required string Id { get; init; }

    /// <summary>What the token is for.</summary>
    public required string Name { get; init; }

    /// <summary>The person whose rights it has.</summary>
    public required string Owner { get; init; }

    /// <summary>The permissions it is bounded to; absent for all that its owner has.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>The projects it is bounded to; absent for all.</summary>
    public IReadOnlyList<string>? Projects { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when it is valid.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>When it was revoked.</summary>
    public DateTimeOffset? RevokedAt { get; init; }
}
