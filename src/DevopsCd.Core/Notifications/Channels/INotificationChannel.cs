using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Limits;

namespace DevopsCd.Core.Notifications.Channels;

/// <summary>A way to tell people. Shapes a message for its service, sends it once and says what came of it; when to try again is not its business.</summary>
internal interface INotificationChannel
{
    /// <summary>The channel's name in the configuration.</summary>
    string Name { get; }

    /// <summary>What its service allows.</summary>
    RateLimit Limit { get; }

    /// <summary>What the limit counts by; secret, only ever stored as a hash. Null: nothing is counted.</summary>
    string? Address { get; }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<ChannelAnswer> SendAsync(NoticeMessage message, CancellationToken cancellationToken);
}
