namespace DevopsCd.Core.Policies;

/// <summary>Who has to approve, and for how long that holds.</summary>
internal sealed record ApprovalPolicy
{
    /// <summary>How many people.</summary>
    public int Required { get; init; } = 1;

    /// <summary>How many of them belong to a group, by the group's name.</summary>
    public IReadOnlyDictionary<string, int> Groups { get; init; } = new Dictionary<string, int>();

    /// <summary>Neither the initiator nor whoever has changed the content counts.</summary>
    public bool NotByAuthor { get; init; }

    /// <summary>How long an approval holds; null for ever.</summary>
    public TimeSpan? ExpireAfter { get; init; }

    public ChangeEffect OnChange { get; init; }

    /// <summary>What satisfies both.</summary>
    public ApprovalPolicy And(ApprovalPolicy other) => new()
    {
        Required = Math.Max(Required, other.Required),
        Groups = Groups.Concat(other.Groups).GroupBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Max(of => of.Value), StringComparer.Ordinal),
        NotByAuthor = NotByAuthor || other.NotByAuthor,
        ExpireAfter = ExpireAfter is { } mine && (other.ExpireAfter is not { } theirs || mine < theirs) ? mine : other.ExpireAfter,
        OnChange = OnChange > other.OnChange ? OnChange : other.OnChange
    };
}

/// <summary>What a change of the content does to approvals, from the mildest to the strictest.</summary>
internal enum ChangeEffect
{
    /// <summary>Nothing; it is shown.</summary>
    Keep,

    /// <summary>New builds are only shown, so that what was approved stays.</summary>
    Hold,

    /// <summary>The approvals are void.</summary>
    Void
}
