namespace DevopsCd.Core.Releases;

/// <summary>
/// A stage of a batch: its present attempt, or the last one. A value; each step gives the next one. When it is over time, and why it failed,
/// is known of the stage that runs or ran last alone, and stands in <see cref="Batch" />.
/// </summary>
internal sealed record StageRun
{
    /// <summary>Counted from 1; 0 before the first.</summary>
    public int Attempt { get; private init; }

    /// <summary>When the present attempt began.</summary>
    public DateTimeOffset? StartedAt { get; private init; }

    /// <summary>When it ended, however it did; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; private init; }

    /// <summary>A failed attempt had already moved an application, and none has succeeded since.</summary>
    public bool Dirty { get; private init; }

    /// <summary>The next attempt.</summary>
    public StageRun Begin(DateTimeOffset now) => this with { Attempt = Attempt + 1, StartedAt = now, FinishedAt = null };

    public StageRun Complete(DateTimeOffset now) => this with { FinishedAt = now, Dirty = false };

    /// <param name="now">The time.</param>
    /// <param name="moved">Whether an application may run what was to be deployed.</param>
    public StageRun Fail(DateTimeOffset now, bool moved) => this with { FinishedAt = now, Dirty = Dirty || moved };

    /// <summary>It ends because it was asked to.</summary>
    public StageRun Stop(DateTimeOffset now) => this with { FinishedAt = now };
}
