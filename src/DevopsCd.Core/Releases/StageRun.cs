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

    /// <summary>A part of the applications may run what was to be deployed: a failed attempt has moved them, or a rollback has not come to its end.</summary>
    public bool Dirty { get; private init; }

    /// <summary>The next attempt.</summary>
    public StageRun Begin(DateTimeOffset now) => this with { Attempt = Attempt + 1, StartedAt = now, FinishedAt = null };

    public StageRun Complete(DateTimeOffset now) => this with { FinishedAt = now, Dirty = false };

    /// <param name="now">The time.</param>
    /// <param name="moved">Whether an application may run what was to be deployed.</param>
    public StageRun Fail(DateTimeOffset now, bool moved) => this with { FinishedAt = now, Dirty = Dirty || moved };

    /// <summary>It ends because it was asked to.</summary>
    /// <param name="now">The time.</param>
    /// <param name="moved">Whether an application may run what was to be deployed.</param>
    public StageRun Stop(DateTimeOffset now, bool moved = false) => this with { FinishedAt = now, Dirty = Dirty || moved };

    /// <summary>What it has deployed is being taken back: until all of it is, it is neither there nor away.</summary>
    public StageRun TakeBack() => this with { Dirty = true };

    /// <summary>All that it has deployed is taken back.</summary>
    public StageRun TookBack() => this with { Dirty = false };
}
