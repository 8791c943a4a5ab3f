namespace DevopsCd.Contracts.Api;

/// <summary>How an approval of a batch stands: the votes that were given, and those that are missing.</summary>
public sealed record ApprovalState
{
    /// <summary>The key of the event by which people approve: <c>approve</c>, or <c>start_prod_deploy</c> for production.</summary>
    public required string Event { get; init; }

    /// <summary>The number of people whose approval counts now.</summary>
    public required int Votes { get; init; }

    /// <summary>The number of people who have to approve.</summary>
    public required int Required { get; init; }

    /// <summary>Whether all that the policy asks for is there.</summary>
    public required bool Reached { get; init; }

    /// <summary>The votes that are still needed; empty when none is.</summary>
    public required IReadOnlyList<MissingApproval> Missing { get; init; }

    /// <summary>The votes that were given, oldest first, with those that do not count.</summary>
    public required IReadOnlyList<ApprovalVote> Given { get; init; }

    /// <summary>Whether the initiator, and whoever has changed the content, cannot approve.</summary>
    public required bool NotByAuthor { get; init; }

    /// <summary>What a change of the content does to the approval: <c>keep</c>, <c>hold</c> or <c>void</c>.</summary>
    public required string OnChange { get; init; }

    /// <summary>When the approval expires; absent while it is not reached, and where it does not expire.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Votes that are still needed.</summary>
public sealed record MissingApproval
{
    /// <summary>The number of people.</summary>
    public required int Count { get; init; }

    /// <summary>The group they must belong to; absent where any approver will do.</summary>
    public string? Group { get; init; }

    /// <summary>Who can give them, by kind and name, at most 20; absent where that was not asked or is not known.</summary>
    public IReadOnlyList<string>? CanBeGivenBy { get; init; }
}

/// <summary>One person's approval.</summary>
public sealed record ApprovalVote
{
    /// <summary>The person who approved.</summary>
    public required string By { get; init; }

    /// <summary>When the person approved.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The groups that the person was in.</summary>
    public required IReadOnlyList<string> Groups { get; init; }

    /// <summary>The hash of the content that was approved.</summary>
    public required string ContentHash { get; init; }

    /// <summary>What the person said with it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the vote counts now.</summary>
    public required bool Counts { get; init; }

    /// <summary>Why the vote does not count; absent when it does.</summary>
    public string? WhyNot { get; init; }
}
