namespace DevopsCd.Core.Notifications;

/// <summary>The colour of a message.</summary>
internal enum MessageTone
{
    Progress,
    Good,
    Bad,

    /// <summary>Somebody must act.</summary>
    Waiting,
    Closed
}
