using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>A message that was put aside because it can never be processed as it is.</summary>
public sealed record ParkedView
{
    /// <summary>The parked message's number, for addresses; pages are ordered by it.</summary>
    public required long Id { get; init; }

    /// <summary>When the message arrived.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The queue that the message waited in.</summary>
    public required string Queue { get; init; }

    /// <summary>The exchange that the message was published to.</summary>
    public string? Exchange { get; init; }

    /// <summary>The type of the message, where it is known.</summary>
    public string? MessageType { get; init; }

    /// <summary>The id of the message: its own, or one derived from its content.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>The content type of the message.</summary>
    public string? ContentType { get; init; }

    /// <summary>Why the message was parked, naming what to correct.</summary>
    public required string Reason { get; init; }

    /// <summary>What became of the message: <c>parked</c>, <c>replayed</c> or <c>discarded</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The person who decided.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>When the decision was made.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>The decision in words.</summary>
    public string? Resolution { get; init; }

    /// <summary>The size of the body as it arrived, in bytes.</summary>
    public required long BodySize { get; init; }

    /// <summary>Whether the body was longer than what is kept.</summary>
    public required bool Truncated { get; init; }

    /// <summary>The body as text; only where a single message is shown, and only where it is text.</summary>
    public string? Body { get; init; }

    /// <summary>The body in base64; only where a single message is shown, and only where it is not text.</summary>
    public string? BodyBase64 { get; init; }

    /// <summary>The headers of the transport; only where a single message is shown.</summary>
    public JsonElement? Headers { get; init; }

    /// <summary>The decisions about the message, oldest first; only where a single message is shown.</summary>
    public IReadOnlyList<ParkedActionView>? Actions { get; init; }
}
