namespace DevopsCd.Core.Parking;

/// <summary>A message that can never work as it is (I3): kept whole, with the reason, until a person decides.</summary>
internal sealed class ParkedMessage
{
    public const int LargestBody = 1024 * 1024;

    public long Id { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>The queue it waited in; a replay goes there, so that no other consumer sees it twice.</summary>
    public string Queue { get; set; } = "";

    public string? Exchange { get; set; }

    /// <summary>The URN of its type, where it is known.</summary>
    public string? MessageType { get; set; }

    public Guid? MessageId { get; set; }

    public string? ContentType { get; set; }

    /// <summary>The transport's headers as a JSON object.</summary>
    public string Headers { get; set; } = "{}";

    public byte[] Body { get; set; } = [];

    /// <summary>The size it had; larger than <see cref="Body" /> when that was cut.</summary>
    public long BodySize { get; set; }

    public bool Truncated { get; set; }

    public string Reason { get; set; } = "";

    public ParkedStatus Status { get; set; }

    public string? ResolvedBy { get; set; }

    public DateTimeOffset? ResolvedAt { get; set; }

    /// <summary>Why it was discarded, or that it was replayed with a corrected body.</summary>
    public string? Resolution { get; set; }
}
