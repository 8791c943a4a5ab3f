namespace DevopsCd.Testing.Chaos;

/// <summary>How much work, how much trouble.</summary>
public sealed record KillPlan
{
    public int Batches { get; init; } = 50;

    public int Kills { get; init; } = 20;

    public int Hosts { get; init; } = 1;

    public int AppsPerBatch { get; init; } = 3;

    /// <summary>Batches carried at once; the rest begin as kills are done, so that every kill meets work.</summary>
    public int AtOnce { get; init; } = 12;

    public int ConcurrentApps { get; init; } = 2;

    /// <summary>Decides who is killed when, how long deploys take and which of them fail.</summary>
    public int Seed { get; init; } = Environment.TickCount;

    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(8);
}
