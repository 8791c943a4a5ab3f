namespace DevopsCd.Contracts.Api;

/// <summary>One notice on one channel.</summary>
public sealed record NotificationView
{
    /// <summary>The notification's number, for addresses; pages are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>The channel's name in the configuration.</summary>
    public required string Channel { get; init; }

    /// <summary>What the notice is about: <c>transition</c>, <c>app_failed</c>, <c>production_ready</c>, <c>approval_given</c> or <c>test</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The batch's <c>id</c>, where the notice is about one.</summary>
    public long? BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public string? BatchNumber { get; init; }

    /// <summary>The event's key, where the notice is about one.</summary>
    public string? Event { get; init; }

    /// <summary>How the notification stands: <c>pending</c>, <c>sending</c>, <c>sent</c>, <c>failed</c> or <c>superseded</c> (told by a later notice).</summary>
    public required string Status { get; init; }

    /// <summary>How often the channel's service was called.</summary>
    public required int Tries { get; init; }

    /// <summary>When the next attempt is due, while the notification is open.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the notification was written, in the transaction of what it tells.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the channel's service accepted the notification.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The <c>id</c> of the notification whose message told this one as well.</summary>
    public long? CarriedBy { get; init; }

    /// <summary>Why the last attempt failed, without secrets.</summary>
    public string? LastError { get; init; }

    /// <summary>What the channel's service answered, shortened and without secrets.</summary>
    public string? Response { get; init; }
}
