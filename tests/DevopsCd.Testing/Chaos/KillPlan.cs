namespace DevopsCd.Testing.Chaos;

/// <summary>How much work, how much trouble.</summary>
public sealed record KillPlan
{
    public int Batches { get; init; } = 50;

    /// <summary>How often a host is struck, or a row held.</summary>
    public int Kills { get; init; } = 20;

    public Trouble Trouble { get; init; }

    /// <summary>How long a host is away or a row is held; a host that is killed is started again at once.</summary>
    public TimeSpan Lasts { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Orders sent to a batch whose row is held.</summary>
    public int OrdersForHeldBatch { get; init; } = 40;

    /// <summary>The longest time in which nothing may happen to any batch that is not held itself.</summary>
    public TimeSpan LongestStandstill { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The host's program of the version before, for <see cref="Trouble.Upgraded"/>.</summary>
    public string? Previous { get; init; }

    /// <summary>Whether it is started again on the new one's schema; versions before 2026-12-01 refused every newer schema at their start.</summary>
    public bool StartsAgain { get; init; } = true;

    public int Hosts { get; init; } = 1;

    public int AppsPerBatch { get; init; } = 3;

    /// <summary>Batches carried at once; the rest begin as kills are done, so that every kill meets work.</summary>
    public int AtOnce { get; init; } = 12;

    public int ConcurrentApps { get; init; } = 2;

    /// <summary>Decides who is struck when, how long deploys take and which of them fail.</summary>
    public int Seed { get; init; } = Environment.TickCount;

    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(8);
}
