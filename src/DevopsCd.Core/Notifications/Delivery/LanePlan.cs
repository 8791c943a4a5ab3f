using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>What a lane does next: wait, or send one message for one or several rows.</summary>
internal sealed record LanePlan
{
    /// <summary>Nothing leaves the lane before this time.</summary>
    public DateTimeOffset? WaitUntil { get; init; }

    /// <summary>The row whose notice leads the message; null when waiting.</summary>
    public LaneRow? Main { get; init; }

    /// <summary>Rows that the message tells as well, oldest first.</summary>
    public IReadOnlyList<LaneRow> Carried { get; init; } = [];
}

/// <summary>An open row of a lane: one batch on one channel.</summary>
internal sealed record LaneRow(Notification Row, Notice Notice);
