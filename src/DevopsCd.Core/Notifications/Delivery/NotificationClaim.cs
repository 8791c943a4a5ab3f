namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>Rows that this process holds until <paramref name="LeaseEnds" />, as one message.</summary>
internal sealed record NotificationClaim(Guid Lease, DateTimeOffset LeaseEnds, LaneRow Main, IReadOnlyList<LaneRow> Carried, DateTimeOffset? Place);

/// <summary>A claim, or when it is worth looking again; neither when nothing is open.</summary>
internal sealed record ClaimResult(NotificationClaim? Claim, DateTimeOffset? LookAgainAt);
