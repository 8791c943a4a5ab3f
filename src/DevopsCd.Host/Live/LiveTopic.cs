namespace DevopsCd.Host.Live;

/// <summary>What somebody follows, by which they are told of changes: a batch by its id, one of the lists, or all changes of batches.</summary>
/// <param name="Id">The id of a batch, or a number that no batch has.</param>
internal readonly record struct LiveTopic(long Id)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromMilliseconds(250), s_changes = TimeSpan.FromSeconds(1);

    public static LiveTopic Batches { get; } = new(0);

    public static LiveTopic Builds { get; } = new(-1);

    public static LiveTopic Parked { get; } = new(-2);

    public static LiveTopic Webhooks { get; } = new(-3);

    public static LiveTopic Notices { get; } = new(-4);

    public static LiveTopic Access { get; } = new(-5);

    public static LiveTopic Deployments { get; } = new(-6);

    /// <summary>Every change of any batch, in order: see <see cref="ChangeTail" />.</summary>
    public static LiveTopic Changes { get; } = new(-7);

    /// <summary>How often it is looked at while somebody follows it.</summary>
    public TimeSpan Interval => this == Changes ? s_changes : s_usual;

    /// <summary>Whether it may be another once these batches have changed.</summary>
    public bool IsOf(IReadOnlySet<long> batches) => this == Batches || batches.Contains(Id);

    /// <summary>A batch, with its applications and operations.</summary>
    public static LiveTopic Batch(long id) => new(id);
}
