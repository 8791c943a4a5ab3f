namespace DevopsCd.Host.Access.Devices;

/// <summary>A program that has no browser waits for somebody to log in for it (RFC 8628). The row knows neither of its two codes.</summary>
internal sealed class DeviceLogin
{
    /// <summary>The SHA-256 of the code with which the program asks, in hex.</summary>
    public required string Id { get; init; }

    /// <summary>The SHA-256 of the code that the person types, in hex.</summary>
    public required string UserCode { get; init; }

    /// <summary>What the program calls itself and its machine: a stranger's words.</summary>
    public required string Client { get; init; }

    /// <summary>Where it asks from.</summary>
    public string? Address { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the program last asked.</summary>
    public DateTimeOffset? PolledAt { get; set; }

    /// <summary>The account that has decided.</summary>
    public string? DecidedBy { get; set; }

    /// <summary>What was decided; null while nobody has.</summary>
    public bool? IsApproved { get; set; }

    /// <summary>When the token was given out: that happens once.</summary>
    public DateTimeOffset? UsedAt { get; set; }
}
