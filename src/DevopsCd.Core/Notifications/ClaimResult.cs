namespace DevopsCd.Core.Notifications;

/// <summary>A claim, or when it is worth looking again; neither when nothing is open.</summary>
internal sealed record ClaimResult(NotificationClaim? Claim, DateTimeOffset? LookAgainAt);
