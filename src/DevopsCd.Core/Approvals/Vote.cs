namespace DevopsCd.Core.Approvals;

/// <summary>Somebody approves one content of a batch. A vote that was withdrawn stays as a row.</summary>
internal sealed class Vote
{
    public long Id { get; set; }

    public long BatchId { get; set; }

    /// <summary>What the vote is for.</summary>
    public ApprovalKind Kind { get; set; }

    /// <summary>The person as votes are counted: the same whatever they come with and however they write their name.</summary>
    public string Voter { get; set; } = "";

    /// <summary>The person as the audit names them.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who asked, with groups and grants, as the way in has made sure, as JSON; null where nobody has.</summary>
    public string? Subject { get; set; }

    /// <summary>The content that was approved; for another one the vote does not count.</summary>
    public string ContentHash { get; set; } = "";

    /// <summary>What the voter said with it.</summary>
    public string? Comment { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>When it ceased to count for good; null while it may count.</summary>
    public DateTimeOffset? VoidedAt { get; set; }

    public string? VoidedBecause { get; set; }

    public void Void(string because, DateTimeOffset now) => (VoidedAt, VoidedBecause) = (now, because);
}
