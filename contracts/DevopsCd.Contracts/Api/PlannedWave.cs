namespace DevopsCd.Contracts.Api;

/// <summary>A wave of a stage: what goes together, and what it waits for.</summary>
public sealed record PlannedWave
{
    /// <summary>The number of the wave, counted from 1; a rollback begins with the last one.</summary>
    public required int Wave { get; init; }

    /// <summary>How many operations it has, those with nothing left to do included.</summary>
    public required int Operations { get; init; }

    /// <summary>
    /// How it stands: <c>planned</c> while the stage is not under way, <c>running</c>, <c>soaking</c> where the one before has to be watched first,
    /// <c>waiting</c> for another wave, <c>done</c>, <c>failed</c>, or <c>held</c> because one before has failed.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The wave that has to succeed before it; absent of the one that goes first.</summary>
    public int? After { get; init; }

    /// <summary>Until when nothing of it starts although the one before has succeeded; absent where it does not soak.</summary>
    public DateTimeOffset? SoaksUntil { get; init; }
}
