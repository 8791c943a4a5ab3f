using System.Globalization;

namespace DevopsCd.Core.Deployments;

/// <summary>
/// What is to be done for a deploying batch, computed from stored state alone (R8): it does not matter which message
/// asked, nor how often. Pure: rows in, decision out.
/// </summary>
internal sealed class StagePlan
{
    private const int MostNamed = 5;

    private readonly Dictionary<string, ReleaseStatus> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _reasons = new(StringComparer.Ordinal);

    private readonly WaveOrder _waves;
    private readonly int _turn;

    private StagePlan(IReadOnlyList<StageItem> items, WaveOrder waves)
    {
        _waves = waves;
        var open = items.SelectMany(i => i.Clusters).Where(c => c.Status != OperationStatus.Succeeded).ToList();
        if (open.Count == 0)
            return;
        var wave = open.MinBy(c => waves.Turn(c.Wave))!.Wave;
        (Wave, _turn) = (wave, waves.Turn(wave));
        SoaksUntil = waves.SoaksUntil(items.SelectMany(i => i.Clusters).Where(c => waves.Turn(c.Wave) < _turn));
    }

    /// <summary>Operations to start now.</summary>
    public List<(StageItem Item, StageCluster Cluster)> Start { get; } = [];

    public StageDecision Decision { get; private set; }

    /// <summary>The wave that is open: all before it have succeeded, and what comes after it waits; 0 when nothing is left to do.</summary>
    public int Wave { get; }

    /// <summary>Until when nothing of the open wave starts, because the one before soaks; null when it does not.</summary>
    public DateTimeOffset? SoaksUntil { get; }

    /// <summary>Operations in flight, those to start now included.</summary>
    public int InFlight { get; private set; }

    public ReleaseStatus Outcome(string application) => _outcomes[application];

    public string? Reason(string application) => _reasons.GetValueOrDefault(application);

    /// <param name="items">The batch's applications.</param>
    /// <param name="concurrency">Most operations in flight at once.</param>
    /// <param name="halted">Nothing more may start, because of a cancel or because the stage is over time.</param>
    /// <param name="cancelled">It was asked to end.</param>
    /// <param name="because">Of what was asked to end: why.</param>
    /// <param name="leftBehind">Operations of the batch that have ended for it and may still run: they take a place each (I7).</param>
    /// <param name="waves">How the waves follow each other.</param>
    public static StagePlan Of(IReadOnlyList<StageItem> items, int concurrency, bool halted, bool cancelled, int leftBehind = 0,
        string because = "the batch is being cancelled", WaveOrder waves = default)
    {
        var plan = new StagePlan(items, waves);
        var names = items.ToDictionary(i => i.Application, StringComparer.Ordinal);
        plan.InFlight = items.Sum(i => i.Clusters.Count(c => c.Status is OperationStatus.Pending or OperationStatus.Progressing));
        foreach (var item in items)
            plan.Settle(item);
        plan.Hold(items, names);
        plan.HoldLaterWaves(items);

        var room = concurrency - plan.InFlight - leftBehind;
        foreach (var item in items)
        {
            if (plan._outcomes[item.Application] is not (ReleaseStatus.Waiting or ReleaseStatus.Deploying))
                continue;
            var idle = item.Clusters.Where(c => c.Status is null).ToList();
            if (idle.Count == 0)
                continue;
            var occupied = idle.Select(c => c.Occupied).FirstOrDefault(o => o is not null);
            if (halted)
            {
                // Also where one cluster is done and the other never began: what cannot go on has an outcome.
                if (!IsInFlight(item))
                    plan.Set(item, cancelled ? ReleaseStatus.Stopped : ReleaseStatus.TimedOut,
                        cancelled ? because
                            : $"the stage ran out of time before it started{(occupied is null ? "" : $"; it waited for {occupied}, which may still run")}");
                continue;
            }
            var due = idle.Where(plan.IsOpen).ToList();
            if (due.Count == 0)
            {
                plan.Set(item, plan._outcomes[item.Application], $"waits for wave {plan.Wave}");
                continue;
            }
            if (plan.SoaksUntil is { } soaked)
            {
                plan.Set(item, plan._outcomes[item.Application],
                    string.Create(CultureInfo.InvariantCulture, $"waits until {soaked.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: the wave before soaks"));
                continue;
            }
            var waitsFor = item.DependsOn.Where(d => names.TryGetValue(d, out var needed) && !plan.HasPassed(needed)).ToList();
            if (waitsFor.Count > 0)
            {
                plan.Set(item, ReleaseStatus.Waiting, $"waits for {string.Join(", ", waitsFor)}");
                continue;
            }
            occupied = due.Select(c => c.Occupied).FirstOrDefault(o => o is not null);
            foreach (var cluster in due.Where(c => c.Occupied is null && c.Frozen is null).Take(Math.Max(room, 0)))
            {
                plan.Start.Add((item, cluster));
                plan.InFlight++;
                room--;
                plan.Set(item, ReleaseStatus.Deploying, null);
            }
            if (occupied is not null)
                plan.Set(item, plan._outcomes[item.Application], $"waits for {occupied}: it was given up and may still run; its stop is not confirmed");
            else if (due.Select(c => c.Frozen).FirstOrDefault(f => f is not null) is { } frozen)
                plan.Set(item, plan._outcomes[item.Application], frozen);
            else if (plan._outcomes[item.Application] == ReleaseStatus.Waiting)
                plan.Set(item, ReleaseStatus.Waiting,
                    plan.InFlight > 0 || leftBehind == 0 ? "waits for a free place" : "waits for a free place; what was given up may still run");
        }

        plan.Decision = plan.InFlight > 0 || (!halted && items.Any(i => plan._outcomes[i.Application] is ReleaseStatus.Waiting or ReleaseStatus.Deploying))
            ? StageDecision.Running
            : cancelled ? StageDecision.Stopped
            : items.All(i => plan.Passed(i.Application)) ? StageDecision.Completed
            : StageDecision.Failed;
        return plan;
    }

    /// <summary>What the operations say by themselves.</summary>
    private void Settle(StageItem item)
    {
        if (item.Clusters.Count == 0)
        {
            Set(item, ReleaseStatus.Skipped, item.Skipped ?? "no deploy settings for this stage");
            return;
        }
        var worst = item.Clusters.FirstOrDefault(c => c.Status is OperationStatus.Failed or OperationStatus.TimedOut or OperationStatus.Stopped);
        if (worst is not null)
            Set(item, Failure(worst.Status!.Value), Named(item, worst));
        else if (item.Clusters.All(c => c.Status == OperationStatus.Succeeded))
            Set(item, ReleaseStatus.Succeeded, null);
        else if (item.Clusters.Any(c => c.Status is not null))
            Set(item, ReleaseStatus.Deploying, null);
        else
            Set(item, ReleaseStatus.Waiting, null);
    }

    /// <summary>
    /// Holds whatever hangs on something that did not succeed, through any number of steps. In each wave an application waits for what the
    /// others have to do in this wave and those before.
    /// </summary>
    private void Hold(IReadOnlyList<StageItem> items, Dictionary<string, StageItem> names)
    {
        var dependents = items.SelectMany(i => i.DependsOn.Where(names.ContainsKey).Select(d => (On: d, Item: i))).ToLookup(p => p.On, p => p.Item,
            StringComparer.Ordinal);
        var failed = new Queue<string>(items.Select(i => i.Application).Where(Blocks));
        while (failed.TryDequeue(out var cause))
            foreach (var item in dependents[cause])
                if (NextTurn(item) is { } turn && names[cause].Clusters.Any(c => c.Status != OperationStatus.Succeeded && _waves.Turn(c.Wave) <= turn))
                {
                    Set(item, ReleaseStatus.Held, $"{cause} did not succeed");
                    failed.Enqueue(item.Application);
                }
    }

    /// <summary>What comes after a wave in which something did not succeed is held.</summary>
    private void HoldLaterWaves(IReadOnlyList<StageItem> items)
    {
        var failed = items.Where(i => Blocks(i.Application) && i.Clusters.Any(c => c.Status is not (null or OperationStatus.Succeeded) && IsOpen(c)))
            .Select(i => i.Application).ToList();
        if (failed.Count == 0)
            return;
        var because = $"wave {Wave} did not succeed: {string.Join(", ", failed.Take(MostNamed))}{(failed.Count > MostNamed ? ", …" : "")}";
        foreach (var item in items)
            if (NextTurn(item) > _turn)
                Set(item, ReleaseStatus.Held, because);
    }

    /// <summary>Of what can be held, the turn of the first wave in which it has yet to start; null for what cannot.</summary>
    private int? NextTurn(StageItem item) =>
        _outcomes[item.Application] is ReleaseStatus.Waiting or ReleaseStatus.Deploying && !IsInFlight(item)
            ? item.Clusters.Where(c => c.Status is null).Select(c => (int?)_waves.Turn(c.Wave)).Min()
            : null;

    private bool IsOpen(StageCluster cluster) => cluster.Wave == Wave;

    /// <summary>Whether what depends on it may start in the open wave.</summary>
    private bool HasPassed(StageItem item) => item.Clusters.All(c => c.Status == OperationStatus.Succeeded || _waves.Turn(c.Wave) > _turn);

    private static bool IsInFlight(StageItem item) => item.Clusters.Any(c => c.Status is OperationStatus.Pending or OperationStatus.Progressing);

    private bool Passed(string application) => _outcomes[application] is ReleaseStatus.Succeeded or ReleaseStatus.Skipped;

    private bool Blocks(string application) =>
        _outcomes[application] is ReleaseStatus.Failed or ReleaseStatus.TimedOut or ReleaseStatus.Stopped or ReleaseStatus.Held;

    private void Set(StageItem item, ReleaseStatus outcome, string? reason)
    {
        _outcomes[item.Application] = outcome;
        _reasons[item.Application] = reason;
    }

    private static ReleaseStatus Failure(OperationStatus status) => status switch
    {
        OperationStatus.TimedOut => ReleaseStatus.TimedOut,
        OperationStatus.Stopped => ReleaseStatus.Stopped,
        _ => ReleaseStatus.Failed
    };

    private static string? Named(StageItem item, StageCluster cluster) =>
        item.Clusters.Count == 1 ? cluster.Error : $"{cluster.Cluster}: {cluster.Error}";
}

/// <summary>What is to be said of a stage.</summary>
internal enum StageDecision
{
    /// <summary>Something runs or can start.</summary>
    Running,
    Completed,
    Failed,

    /// <summary>It was asked to end, and nothing runs any more.</summary>
    Stopped
}
