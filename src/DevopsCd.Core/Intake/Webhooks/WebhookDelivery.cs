using System.Security.Cryptography;

namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>A webhook as it came, and what became of it. The table is the queue.</summary>
internal sealed class WebhookDelivery
{
    public long Id { get; set; }

    public string Source { get; set; } = "";

    /// <summary>The sender's id of it, or a hash of its content; unique for the source and the content.</summary>
    public string DeliveryId { get; set; } = "";

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>JSON object; without the headers that hold secrets.</summary>
    public string Headers { get; set; } = "{}";

    public byte[] Body { get; set; } = [];

    /// <summary>SHA-256 of the body. Senders reuse ids for other content; only the same content under the same id is the same delivery.</summary>
    public string BodyHash { get; set; } = "";

    public DeliveryStatus Status { get; set; }

    /// <summary>What it came to, for people.</summary>
    public string? Outcome { get; set; }

    public int Attempts { get; set; }

    /// <summary>When it may be worked on; in the future while somebody does.</summary>
    public DateTimeOffset NextAttemptAt { get; set; }

    public DateTimeOffset? ProcessedAt { get; set; }

    /// <summary>The value of <see cref="BodyHash"/> for a body.</summary>
    public static string HashOf(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
