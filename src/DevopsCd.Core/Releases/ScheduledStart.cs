namespace DevopsCd.Core.Releases;

/// <summary>A start of a stage that a person has asked for at a later time (R21). What stands in its way is asked when it is due.</summary>
internal sealed class ScheduledStart
{
    public long Id { get; set; }

    public long BatchId { get; set; }

    public Guid BatchCorrelationId { get; set; }

    /// <summary>The key of the event.</summary>
    public string Event { get; set; } = "";

    /// <summary>Who has asked for it, as the audit names them.</summary>
    public string Operator { get; set; } = "";

    /// <summary>The same as the way in has made sure, as JSON; null where nobody has. What it may do is asked when the start is due.</summary>
    public string? Subject { get; set; }

    public string? Reason { get; set; }

    /// <summary>See <see cref="EventRequest.All" />.</summary>
    public bool All { get; set; }

    /// <summary>See <see cref="EventRequest.OverrideFreeze" />.</summary>
    public bool OverrideFreeze { get; set; }

    public DateTimeOffset NotBefore { get; set; }

    /// <summary>When it is given up; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset NextTryAt { get; set; }

    /// <summary>How often it was tried.</summary>
    public int Tries { get; set; }

    /// <summary>What stood in its way when it was tried last; null before.</summary>
    public string? WaitsFor { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it was started, given up or withdrawn; null while it waits.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What became of it; null while it waits.</summary>
    public string? Outcome { get; set; }

    /// <summary>It waits no longer.</summary>
    public void End(string outcome, DateTimeOffset now) => (Outcome, EndedAt) = (outcome, now);
}
