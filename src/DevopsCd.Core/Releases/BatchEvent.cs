
namespace DevopsCd.Core.Releases;

/// <summary>One row of the audit (R12). Append-only.</summary>
internal sealed class BatchEvent
{
    public long Id { get; set; }

    /// <summary>Null when the event named a batch that does not exist.</summary>
    public long? BatchId { get; set; }

    public Guid BatchCorrelationId { get; set; }

    public string Event { get; set; } = "";

    public EventOutcome Outcome { get; set; }

    public string? FromState { get; set; }

    public string? ToState { get; set; }

    public string Operator { get; set; } = "";

    /// <summary>Who by kind and name, where more is known than the name: a token, a CI job, a user of the broker.</summary>
    public string? Subject { get; set; }

    /// <summary>Through what: <c>http</c>, <c>message</c> or <c>engine</c>.</summary>
    public string Source { get; set; } = "";

    public string? Reason { get; set; }

    /// <summary>Why it was not accepted, for the answer to the asker.</summary>
    public RefusalKind? RefusalKind { get; set; }

    /// <summary>The message that carried the event; unique, so that a repeated delivery is applied once for ever (R13).</summary>
    public Guid? MessageId { get; set; }

    /// <summary>A hash of what was asked under the sender's key, so that the key cannot stand for something else.</summary>
    public string? RequestHash { get; set; }

    public string? Detail { get; set; }

    /// <summary>The batch's version after it.</summary>
    public int Version { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Its place in the audit of its batch, from 1; null for a row that was written by a version that kept no chain, and is not chained yet.</summary>
    public int? Number { get; set; }

    /// <summary>The hash of the row before it; empty for the first.</summary>
    public string? PreviousHash { get; set; }

    /// <summary>The hash of the row, with its number and <see cref="PreviousHash" />.</summary>
    public string? Hash { get; set; }
}
