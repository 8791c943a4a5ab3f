namespace DevopsCd.Core.Notifications;

/// <summary>Rows that this process holds until <paramref name="LeaseEnds" />, as one message.</summary>
internal sealed record NotificationClaim(Guid Lease, DateTimeOffset LeaseEnds, LaneRow Main, IReadOnlyList<LaneRow> Carried, DateTimeOffset? Place);
