namespace DevopsCd.Contracts.Api;

/// <summary>One notice on one channel.</summary>
public sealed record NotificationView
{
    /// <summary>Its number, for sending it again.</summary>
    public required long Id { get; init; }

    /// <summary>The channel's name in the configuration.</summary>
    public required string Channel { get; init; }

    /// <summary><c>transition</c>, <c>app_failed</c>, <c>production_ready</c> or <c>test</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The batch's number in URLs.</summary>
    public long? BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public string? BatchNumber { get; init; }

    /// <summary>The event's key, where the notice is about one.</summary>
    public string? Event { get; init; }

    /// <summary><c>pending</c>, <c>sending</c>, <c>sent</c>, <c>failed</c> or <c>superseded</c> (told by a later notice).</summary>
    public required string Status { get; init; }

    /// <summary>Calls made to the service.</summary>
    public required int Tries { get; init; }

    /// <summary>When it is due, while it is open.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When it was written, together with what it tells.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the service took it.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>The notice whose message told this one too.</summary>
    public long? CarriedBy { get; init; }

    /// <summary>What went wrong last, without secrets.</summary>
    public string? LastError { get; init; }

    /// <summary>What the service answered, shortened and without secrets.</summary>
    public string? Response { get; init; }
}
