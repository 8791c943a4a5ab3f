using System.Text.Json;

namespace DevopsCd.Contracts.Api;

/// <summary>A message that was put aside because it can never work as it is.</summary>
public sealed record ParkedView
{
    /// <summary>Its row.</summary>
    public required long Id { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The queue it waited in.</summary>
    public required string Queue { get; init; }

    /// <summary>The exchange it was published to.</summary>
    public string? Exchange { get; init; }

    /// <summary>Its type, where it is known.</summary>
    public string? MessageType { get; init; }

    /// <summary>Its id, its own or one made from its content.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>Its content type.</summary>
    public string? ContentType { get; init; }

    /// <summary>Why it was parked, naming what to mend.</summary>
    public required string Reason { get; init; }

    /// <summary><c>parked</c>, <c>replayed</c> or <c>discarded</c>.</summary>
    public required string Status { get; init; }

    /// <summary>Who decided.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What was decided, in words.</summary>
    public string? Resolution { get; init; }

    /// <summary>Bytes of the body as it came.</summary>
    public required long BodySize { get; init; }

    /// <summary>The body was longer than what is kept.</summary>
    public required bool Truncated { get; init; }

    /// <summary>The body as text; only of a single message, and only where it is text.</summary>
    public string? Body { get; init; }

    /// <summary>The body in base64, where it is no text.</summary>
    public string? BodyBase64 { get; init; }

    /// <summary>The transport's headers; only of a single message.</summary>
    public JsonElement? Headers { get; init; }

    /// <summary>What people did with it and what they tried, oldest first; only of a single message.</summary>
    public IReadOnlyList<ParkedActionView>? Actions { get; init; }
}
