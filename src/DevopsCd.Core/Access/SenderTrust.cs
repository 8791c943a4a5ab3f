namespace DevopsCd.Core.Access;

/// <summary>How far the transport tells who has sent a message.</summary>
/// <param name="Own">The engine's own user of the broker; null where nobody but this process sends.</param>
/// <param name="IsVerified">The broker vouches for the user of each message. Where it does not, whoever may publish may do everything.</param>
/// <param name="Grants">What every user of the broker may do without a binding.</param>
internal sealed record SenderTrust(string? Own, bool IsVerified, IReadOnlyList<Grant> Grants)
{
    /// <summary>Nobody but this process sends.</summary>
    public static SenderTrust InProcess { get; } = new(null, true, []);
}
