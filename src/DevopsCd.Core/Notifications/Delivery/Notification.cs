using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>One notice on its way to one channel: the outbox row that commits with what it tells.</summary>
internal sealed class Notification
{
    public long Id { get; set; }

    public required string NoticeKey { get; init; }

    /// <summary>The channel's name in the configuration.</summary>
    public required string Channel { get; init; }

    public long? BatchId { get; init; }

    public required NoticeKind Kind { get; init; }

    /// <summary>The stage that the notice is about, for pacing.</summary>
    public Stage? Stage { get; init; }

    /// <summary>The <see cref="Notice" /> as JSON.</summary>
    public required string Payload { get; init; }

    public NotificationStatus Status { get; set; }

    public int Tries { get; set; }

    /// <summary>When it is due, or when the lease of the process that sends it ends.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>Who holds the lease; a process that lost it must not write the outcome.</summary>
    public Guid? Lease { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>
    /// When the message left. Written with the claim, before it leaves, so that a crash cannot forget that the stage was told in this
    /// minute; taken back when the service did not take it.
    /// </summary>
    public DateTimeOffset? SentAt { get; set; }

    /// <summary>When the service took it; null while that is not known.</summary>
    public DateTimeOffset? ToldAt => Status is NotificationStatus.Sent or NotificationStatus.Superseded ? SentAt : null;

    /// <summary>The row whose message carried this notice, when it was not its own.</summary>
    public long? CarriedBy { get; set; }

    public string? LastError { get; set; }

    /// <summary>What the service answered, shortened and without secrets.</summary>
    public string? Response { get; set; }
}
