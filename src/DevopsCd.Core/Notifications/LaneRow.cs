namespace DevopsCd.Core.Notifications;

/// <summary>An open row of a lane: one batch on one channel.</summary>
internal sealed record LaneRow(Notification Row, Notice Notice);
