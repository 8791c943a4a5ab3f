using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Gates;

/// <summary>
/// A gate that was asked about one content and one attempt of a batch (R22). Its result counts for nothing else; who asks again makes another
/// row. Whoever decides it holds the batch's lock.
/// </summary>
internal sealed class GateRun
{
    private const int LongestReason = 2000;

    public long Id { get; set; }

    public long BatchId { get; set; }

    public Guid BatchCorrelationId { get; set; }

    /// <summary>The project whose policy has the gate.</summary>
    public string Project { get; set; } = "";

    /// <summary>The gate's name in that policy.</summary>
    public string Name { get; set; } = "";

    public GatePoint Point { get; set; }

    public GateKind Kind { get; set; }

    /// <summary>The gate as it was when it was asked, see <see cref="GateRules.Write" />; another one is another gate.</summary>
    public string Definition { get; set; } = "{}";

    /// <summary>The content that it was asked about.</summary>
    public string ContentHash { get; set; } = "";

    /// <summary>See <see cref="GatePoints.Attempt" />.</summary>
    public int Attempt { get; set; }

    /// <summary>How often the same was asked before.</summary>
    public int Round { get; set; }

    public GateStatus Status { get; set; }

    /// <summary>What was found last, or why it was decided so. Without secrets.</summary>
    public string? Reason { get; set; }

    public string? DecidedBy { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it fails for want of a result; null for never.</summary>
    public DateTimeOffset? DeadlineAt { get; set; }

    /// <summary>When its next call or its timeout is due; null where nothing is. Of a call under way: when somebody else may make it.</summary>
    public DateTimeOffset? NextActionAt { get; set; }

    /// <summary>How many calls were begun. The number of a call is its claim: its answer counts while no other has begun.</summary>
    public int Tries { get; set; }

    /// <summary>Of a webhook: when the receiver took the question; from then on its answer is waited for.</summary>
    public DateTimeOffset? TakenAt { get; set; }

    /// <summary>Of a query: since when its value has stayed within the bounds.</summary>
    public DateTimeOffset? HoldsSince { get; set; }

    /// <summary>Whether it lets pass.</summary>
    public bool LetsPass => Status is GateStatus.Passed or GateStatus.Overridden;

    /// <summary>The gate as it was asked.</summary>
    public Gate Gate => GateRules.Parse(Definition);

    /// <summary>It is decided; nothing of it is due any more.</summary>
    public void Decide(GateStatus status, string by, string? reason, DateTimeOffset now)
    {
        (Status, DecidedBy, DecidedAt, NextActionAt) = (status, by, now, null);
        Reason = Short(reason);
    }

    /// <summary>It has no result yet, and is looked at again.</summary>
    /// <param name="found">What was found.</param>
    /// <param name="at">When; not after its timeout. Null: at its timeout alone.</param>
    public void Wait(string? found, DateTimeOffset? at)
    {
        Reason = Short(found) ?? Reason;
        NextActionAt = at is null || DeadlineAt < at ? DeadlineAt : at;
    }

    private static string? Short(string? text) => text is { Length: > LongestReason } ? text[..LongestReason] : text;
}
