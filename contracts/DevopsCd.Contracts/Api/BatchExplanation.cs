namespace DevopsCd.Contracts.Api;

/// <summary>What stands in the way of each event of a batch at present.</summary>
public sealed record BatchExplanation
{
    /// <summary>The batch's <c>id</c>.</summary>
    public required long BatchId { get; init; }

    /// <summary>The version of the batch for which this holds.</summary>
    public required int Version { get; init; }

    /// <summary>The code of the batch's state.</summary>
    public required int State { get; init; }

    /// <summary>The English name of the batch's state.</summary>
    public required string StateName { get; init; }

    /// <summary>The events that were asked about.</summary>
    public required IReadOnlyList<ExplainedEvent> Events { get; init; }

    /// <summary>Of a batch with a stage under way: the waves of that stage, in the order in which they go.</summary>
    public IReadOnlyList<PlannedWave> Waves { get; init; } = [];

    /// <summary>Of a batch with a stage under way: what each application that does not go on waits for.</summary>
    public IReadOnlyList<WaitingApplication> Waiting { get; init; } = [];
}

/// <summary>Whether an event of a batch would be accepted from the caller at present, as far as it does not depend on what is sent with it.</summary>
public sealed record ExplainedEvent
{
    /// <summary>The key of the event, as it stands in the address.</summary>
    public required string Event { get; init; }

    /// <summary>The Chinese label of the event.</summary>
    public required string Description { get; init; }

    /// <summary>Who raises the event: <c>person</c> or <c>engine</c>.</summary>
    public required string By { get; init; }

    /// <summary>Whether nothing stands in the way of the event.</summary>
    public required bool Allowed { get; init; }

    /// <summary>Everything that stands in the way of the event; empty when nothing does.</summary>
    public required IReadOnlyList<EventObstacle> Obstacles { get; init; }

    /// <summary>Where several people have to raise the event: the votes that were given and those that are missing.</summary>
    public ApprovalState? Approval { get; init; }
}

/// <summary>Something that stands in the way of an event.</summary>
public sealed record EventObstacle
{
    /// <summary>The name of the check that refuses the event, for example <c>state</c> or <c>build</c>.</summary>
    public required string Guard { get; init; }

    /// <summary>Why the event is refused, in English.</summary>
    public required string Reason { get; init; }

    /// <summary>Who can lift it: a permission, or <c>asker</c> where raising the event otherwise is enough; absent where only time or the engine can.</summary>
    public string? LiftedBy { get; init; }

    /// <summary>Those who are bound to that permission, by kind and name, at most 5; absent where no permission lifts it.</summary>
    public IReadOnlyList<string>? CanBeLiftedBy { get; init; }

    /// <summary>With the check <c>rights</c>: the permission that the caller lacks.</summary>
    public string? Permission { get; init; }

    /// <summary>When it lifts by itself at the earliest; absent where that is not known.</summary>
    public DateTimeOffset? EarliestAt { get; init; }
}
