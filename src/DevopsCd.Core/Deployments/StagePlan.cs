namespace DevopsCd.Core.Deployments;

/// <summary>
/// What is to be done for a deploying batch, computed from stored state alone (R8): it does not matter which message
/// asked, nor how often. Pure: rows in, decision out.
/// </summary>
internal sealed class StagePlan
{
    private readonly Dictionary<string, ReleaseStatus> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _reasons = new(StringComparer.Ordinal);

    private StagePlan()
    {
    }

    /// <summary>Operations to start now.</summary>
    public List<(StageItem Item, StageCluster Cluster)> Start { get; } = [];

    public StageDecision Decision { get; private set; }

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
    public static StagePlan Of(IReadOnlyList<StageItem> items, int concurrency, bool halted, bool cancelled, int leftBehind = 0,
        string because = "the batch is being cancelled")
    {
        var plan = new StagePlan();
        var names = items.ToDictionary(i => i.Application, StringComparer.Ordinal);
        plan.InFlight = items.Sum(i => i.Clusters.Count(c => c.Status is OperationStatus.Pending or OperationStatus.Progressing));
        foreach (var item in items)
            plan.Settle(item);
        plan.Hold(items, names);

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
                if (!item.Clusters.Any(c => c.Status is OperationStatus.Pending or OperationStatus.Progressing))
                    plan.Set(item, cancelled ? ReleaseStatus.Stopped : ReleaseStatus.TimedOut,
                        cancelled ? because
                            : $"the stage ran out of time before it started{(occupied is null ? "" : $"; it waited for {occupied}, which may still run")}");
                continue;
            }
            var waitsFor = item.DependsOn.Where(d => names.ContainsKey(d) && !plan.Passed(d)).ToList();
            if (waitsFor.Count > 0)
            {
                plan.Set(item, ReleaseStatus.Waiting, $"waits for {string.Join(", ", waitsFor)}");
                continue;
            }
            foreach (var cluster in idle.Where(c => c.Occupied is null && c.Frozen is null).Take(Math.Max(room, 0)))
            {
                plan.Start.Add((item, cluster));
                plan.InFlight++;
                room--;
                plan.Set(item, ReleaseStatus.Deploying, null);
            }
            if (occupied is not null)
                plan.Set(item, plan._outcomes[item.Application], $"waits for {occupied}: it was given up and may still run; its stop is not confirmed");
            else if (idle.Select(c => c.Frozen).FirstOrDefault(f => f is not null) is { } frozen)
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

    /// <summary>Holds whatever hangs on something that did not succeed, through any number of steps.</summary>
    private void Hold(IReadOnlyList<StageItem> items, Dictionary<string, StageItem> names)
    {
        var dependents = items.SelectMany(i => i.DependsOn.Where(names.ContainsKey).Select(d => (On: d, Item: i))).ToLookup(p => p.On, p => p.Item,
            StringComparer.Ordinal);
        var failed = new Queue<string>(items.Select(i => i.Application).Where(Blocks));
        while (failed.TryDequeue(out var cause))
            foreach (var item in dependents[cause])
                if (_outcomes[item.Application] == ReleaseStatus.Waiting)
                {
                    Set(item, ReleaseStatus.Held, $"{cause} did not succeed");
                    failed.Enqueue(item.Application);
                }
    }

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
