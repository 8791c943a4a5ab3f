namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>How one notice stands on one channel.</summary>
internal enum NotificationStatus
{
    /// <summary>To be sent at <see cref="Notification.NextAttemptAt" />.</summary>
    Pending,

    /// <summary>A process holds it until <see cref="Notification.NextAttemptAt" />; after that anybody may.</summary>
    Sending,
    Sent,

    /// <summary>Given up: the answer was final or the tries are used up.</summary>
    Failed,

    /// <summary>A later notice of the batch told it as well.</summary>
    Superseded
}
