namespace DevopsCd.Host.Ui.Live;

/// <summary>What a page shows, by which it is told of changes: a batch by its id, or one of the lists.</summary>
/// <param name="Id">The id of a batch, or a number that no batch has.</param>
internal readonly record struct LiveTopic(long Id)
{
    public static LiveTopic Batches { get; } = new(0);

    public static LiveTopic Builds { get; } = new(-1);

    public static LiveTopic Parked { get; } = new(-2);

    public static LiveTopic Webhooks { get; } = new(-3);

    public static LiveTopic Notices { get; } = new(-4);

    public static LiveTopic Access { get; } = new(-5);

    public static LiveTopic Deployments { get; } = new(-6);

    /// <summary>A batch, with its applications and operations.</summary>
    public static LiveTopic Batch(long id) => new(id);
}
