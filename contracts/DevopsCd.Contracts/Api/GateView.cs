namespace DevopsCd.Contracts.Api;

/// <summary>A gate of a batch: one that was asked, or one that will be.</summary>
public sealed record GateView
{
    /// <summary>The gate's number, for results and overrides; absent until it is asked.</summary>
    public long? Id { get; init; }

    /// <summary>The project whose policy has it.</summary>
    public required string Project { get; init; }

    /// <summary>The gate's name in that policy.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands: `before_seal`, `before_pre`, `after_pre`, `before_prod` or `after_prod`.</summary>
    public required string At { get; init; }

    /// <summary>How it is decided: `webhook`, `http`, `prometheus` or `manual`.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// `waiting` (not asked yet), `pending` (asked, no result yet), `passed`, `failed`, `overridden`, or `outdated`: the content, the attempt or the
    /// policy has changed before there was a result.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Whether it counts for the batch as it is now; a result for other content, another attempt or another policy does not.</summary>
    public required bool Current { get; init; }

    /// <summary>The hash of the content that it was asked about; absent until it is asked.</summary>
    public string? ContentHash { get; init; }

    /// <summary>The attempt of the stage, or the number of the seal, that it is about; absent until it is asked.</summary>
    public int? Attempt { get; init; }

    /// <summary>What was found last, or why it was decided so.</summary>
    public string? Reason { get; init; }

    /// <summary>Who has decided it; `engine` where a look has. Absent while nobody has.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>When it fails for want of a result; absent for never.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    /// <summary>How often it was called so far.</summary>
    public int Tries { get; init; }
}
