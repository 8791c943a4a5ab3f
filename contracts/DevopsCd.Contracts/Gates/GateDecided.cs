namespace DevopsCd.Contracts;

/// <summary>A gate of a batch was decided.</summary>
public sealed record GateDecided
{
    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The gate's id.</summary>
    public required long GateId { get; init; }

    /// <summary>The project whose policy has the gate.</summary>
    public required string Project { get; init; }

    /// <summary>The gate's name in that policy.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands: <c>before_seal</c>, <c>before_pre</c>, <c>after_pre</c>, <c>before_prod</c> or <c>after_prod</c>.</summary>
    public required string Point { get; init; }

    /// <summary><c>webhook</c>, <c>http</c>, <c>prometheus</c> or <c>manual</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>passed</c>, <c>failed</c> or <c>overridden</c>.</summary>
    public required string Result { get; init; }

    /// <summary>Who has decided it.</summary>
    public required string DecidedBy { get; init; }

    /// <summary>Why, or what was found.</summary>
    public string? Reason { get; init; }

    /// <summary>The content for which the result counts.</summary>
    public required string ContentHash { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
