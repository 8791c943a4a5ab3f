namespace DevopsCd.Contracts.Api;

/// <summary>An event that a batch accepted; the change is committed.</summary>
public sealed record EventAccepted
{
    /// <summary>The batch's <c>id</c>.</summary>
    public required long BatchId { get; init; }

    /// <summary>The key of the event.</summary>
    public required string Event { get; init; }

    /// <summary>The code of the state before the event.</summary>
    public required int From { get; init; }

    /// <summary>The code of the state after the event.</summary>
    public required int To { get; init; }

    /// <summary>The English name of the state before the event.</summary>
    public required string FromName { get; init; }

    /// <summary>The English name of the state after the event.</summary>
    public required string ToName { get; init; }

    /// <summary>The batch's version after the event.</summary>
    public required int Version { get; init; }

    /// <summary>Where several people have to raise the event: how many have. While some are missing the state stays as it is.</summary>
    public int? Votes { get; init; }

    /// <summary>Where several people have to raise the event: how many have to.</summary>
    public int? Required { get; init; }

    /// <summary>Where several people have to raise the event: who is still needed.</summary>
    public IReadOnlyList<MissingApproval>? Missing { get; init; }

    /// <summary>Where the event was asked for at a later time: the request as it waits. The state stays as it is until then.</summary>
    public ScheduledStartView? Scheduled { get; init; }

    /// <summary>True when a seal locked other content than the approved one; absent otherwise.</summary>
    public bool? ContentChangedSinceApproval { get; init; }

    /// <summary>What differs from the approved content, where it differs and can be told.</summary>
    public IReadOnlyList<ContentChange>? ChangesSinceApproval { get; init; }
}
