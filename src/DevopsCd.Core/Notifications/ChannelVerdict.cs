namespace DevopsCd.Core.Notifications;

/// <summary>What an answer means for the notice.</summary>
internal enum ChannelVerdict
{
    Ok,

    /// <summary>Try again later.</summary>
    Retry,

    /// <summary>The same request will never be taken.</summary>
    Stop
}
