namespace DevopsCd.Host.Access.Accounts;

/// <summary>A proof of who somebody is that has been used, and is worth nothing a second time, on whichever instance.</summary>
internal sealed class UsedProof
{
    /// <summary>The SHA-256 of what kind of proof it was and the proof, in hex.</summary>
    public required string Id { get; init; }

    /// <summary>From when on nobody takes the proof any more, used or not.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
