namespace DevopsCd.Core.Deployments;

/// <summary>How the waves of a stage follow each other (R23). Pure.</summary>
internal readonly record struct WaveOrder
{
    private bool GoesBack { get; init; }

    private TimeSpan Soak { get; init; }

    private DateTimeOffset Now { get; init; }

    /// <summary>From the last one to the first, without waiting in between.</summary>
    public static WaveOrder Back { get; } = new() { GoesBack = true };

    /// <summary>From the first one on.</summary>
    /// <param name="soak">The time from the end of each to the start of the next.</param>
    /// <param name="now">The time.</param>
    public static WaveOrder Forward(TimeSpan soak, DateTimeOffset now) => new() { Soak = soak, Now = now };

    /// <summary>Where a wave stands in the order: less comes before.</summary>
    public int Turn(int wave) => GoesBack ? -wave : wave;

    /// <summary>Until when what comes after some operations that have succeeded waits; null when it does not.</summary>
    public DateTimeOffset? SoaksUntil(IEnumerable<StageCluster> before) =>
        Soak > TimeSpan.Zero && before.Max(c => c.EndedAt) is { } ended && ended + Soak is var until && until > Now ? until : null;
}
