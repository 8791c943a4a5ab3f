namespace DevopsCd.Contracts.Api;

/// <summary>One committed change of a batch, as the stream sends it.</summary>
public sealed record BatchChanged
{
    /// <summary>The change's place among all changes, which is also the event's <c>id</c>: it grows with every commit, whichever batch changes.</summary>
    public required long Cursor { get; init; }

    /// <summary>The batch's number for addresses.</summary>
    public required long BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>The project that the batch belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>The code of the batch's state when the change was sent, which may be later than the change.</summary>
    public required int State { get; init; }

    /// <summary>The English name of the state when the change was sent.</summary>
    public required string StateName { get; init; }

    /// <summary>The number of events that the batch had accepted when the change was sent.</summary>
    public required int Version { get; init; }

    /// <summary>When the change was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The row of the audit that came with the change; absent where it has none.</summary>
    public BatchEventView? Event { get; init; }

    /// <summary>The applications of the batch that the change concerns; absent where it concerns none in particular.</summary>
    public IReadOnlyList<ApplicationChanged>? Applications { get; init; }
}
