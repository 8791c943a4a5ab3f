using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// The new version first takes a share of the traffic in a second Deployment, step by step; only then does it replace the old one.
/// The share is the ratio of pods behind the same Service, or the weights of an HTTPRoute. Whatever fails on the way, the old
/// version still runs and gets everything back.
/// </summary>
internal sealed class CanaryStrategy(PrometheusAnalysis prometheus) : IDeployStrategy
{
    public const string Track = "canary";

    private const int UnansweredAllowed = 5;

    public string Name => StrategyNames.Canary;

    public IReadOnlyList<string> Kinds => ["Deployment"];

    public bool LeavesTraces => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => CanarySettings.Check(request);

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var settings = CanarySettings.Read(request);
        var live = await Workloads.ReadAsync(cluster, request, stop);
        if (settings.Analysis is not null && cluster.Options.Prometheus is null)
            throw new Refused("strategy.analysis", "NoPrometheus", $"cluster '{cluster.Name}' has no prometheus configured");
        return Workloads.Inspect(live, request, settings.Route is null ? null : await RouteTraffic.RecordAsync(cluster, request.Namespace, settings, live, stop));
    }

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request)
    {
        foreach (var verb in new[] { "get", "watch", "create", "patch", "delete" })
            yield return (verb, KubeResource.Deployments);
        yield return ("list", KubeResource.Pods);
        if (request.Setting("route") is not null)
        {
            yield return ("patch", KubeResource.HttpRoutes);
            yield return ("patch", KubeResource.Services);
        }
    }

    /// <summary>At each step the new pods come before the old ones become fewer; at the end the old workload has all its pods again before the canary goes.</summary>
    public int MorePods(DeployOperationRequest request, Inspection found)
    {
        if (found.Changes.Count == 0)
            return 0;
        var settings = CanarySettings.Read(request);
        var total = found.Workload.Replicas ?? 1;
        var (more, newPods, oldPods) = (0, 0, total);
        foreach (var step in settings.Steps)
        {
            var before = oldPods;
            (newPods, oldPods) = Share(total, step.Weight, settings.Route is not null);
            more = Math.Max(more, newPods + before - total);
        }
        return Math.Max(more, newPods);
    }

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken stop)
    {
        var live = await Workloads.ReadAsync(cluster, request, stop);
        await cluster.Api.ApplyAsync(KubeResource.Deployments, request.Namespace, live.Name, Workloads.Part(live, request, [], withVersion: false), force: true, dryRun: true, stop);
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken stop)
    {
        var stable = await StableAsync(operation, stop);
        if (stable.LaterThan(operation.Record) is { } later)
            return Progress.Superseded(later);
        if (stable.IsOf(operation.Record) && stable.Annotation(Stamps.State) == Stamps.Returned)
            throw new Again("the workload has been returned already");
        var settings = CanarySettings.Read(operation.Request);
        var state = operation.State<CanaryState>() ?? new CanaryState();
        if (operation.Previous<WorkloadSnapshot>().Image == operation.Request.Image)
            return await Workloads.JudgeAsync(operation, await Workloads.EnsureImageAsync(operation, stable, stop), stop);
        stable = await SecondWorkload.ClaimAsync(operation, stable, Track, stop);
        return state.Finalizing
            ? await TakeOverAsync(operation, settings, stable, stop)
            : await StepAsync(operation, settings, state, stable, stop);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken stop)
    {
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        var stable = await StableAsync(operation, stop);
        var settings = CanarySettings.Read(operation.Request);
        if (stable.IsOf(operation.Record) || operation.RollsBack)
        {
            if (settings.Route is not null && !await RouteTraffic.RestoreAsync(operation, settings, stop))
                return Progress.Running("Returning", "traffic goes back to the old pods") with { LookAgain = TimeSpan.Zero };
            var replicas = operation.Previous<WorkloadSnapshot>().Replicas ?? 1;
            var shrunk = settings.Route is null && stable.Annotation(Stamps.State) == Track && stable.Root.Number("spec", "replicas") != replicas;
            var restored = await Workloads.RestoreAsync(operation, stable, stop, shrunk ? [new("replace", "/spec/replicas", replicas)] : []);
            if (restored.Outcome != Outcome.Done)
                return restored;
        }
        return await SecondWorkload.RemoveAsync(operation, Track, stop)
            ? Progress.Done("Returned", "the old version has all the traffic again")
            : Progress.Running("Returning", "the canary is being removed");
    }

    /// <summary>A canary is at rest at any step; to hold it means to stay there, which only a person can end.</summary>
    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken stop) => Task.FromResult<Progress?>(null);

    private async Task<Progress> StepAsync(OperationContext operation, CanarySettings settings, CanaryState state, KubeObject stable, CancellationToken stop)
    {
        var step = settings.Steps[state.Step];
        var where = $"step {state.Step + 1} of {settings.Steps.Count} ({step.Weight} %)";
        var total = operation.Previous<WorkloadSnapshot>().Replicas ?? 1;
        var (newPods, oldPods) = Share(total, step.Weight, settings.Route is not null);

        var labels = settings.Route is null ? [] : RouteTraffic.Labels(operation);
        var canary = await SecondWorkload.EnsureAsync(operation, stable, Track, newPods, labels, stop);
        if (canary is null)
            return Progress.Running("RollingOut", $"{where}: an older canary is going away");
        var judged = await Workloads.JudgeAsync(operation, canary, stop);
        if (judged.Outcome != Outcome.Done)
            return judged with { Message = $"{where}: {judged.Message}" };

        // Only now that the new pods serve may the old ones become fewer.
        if (settings.Route is not null)
        {
            if (!await RouteTraffic.EnsureAsync(operation, settings, step.Weight, stop))
                return Progress.Running("MovingTraffic", $"{where}: weights are being set", judged.Replicas) with { LookAgain = TimeSpan.Zero };
        }
        else
        {
            if (stable.Root.Number("spec", "replicas") != oldPods)
                stable = await Workloads.EditAsync(operation, KubeResource.Deployments, stable, [JsonEdit.Unchanged(stable), new("replace", "/spec/replicas", oldPods)], stop);
            if (RolloutStatus.Of(stable) is { Done: false } moving)
                return Progress.Running("MovingTraffic", $"{where}: {newPods} new to {oldPods} old pods: {moving.Message}", judged.Replicas);
        }
        if (state.ReadyAt is not { } readyAt)
            return Progress.Remember(state with { ReadyAt = operation.Now }, "AtStep", $"{where} has begun", judged.Replicas);

        var (verdict, next) = await AnalyseAsync(operation, settings, state, readyAt + step.Pause.Value, where, stop);
        if (verdict is not null)
            return verdict with { Replicas = judged.Replicas };
        return WaitOrGoOn(operation, settings, next, step, readyAt, where) with { Replicas = judged.Replicas };
    }

    /// <summary>Asks Prometheus when it is time to: each interval during the pause, and once at its end.</summary>
    private async Task<(Progress? Verdict, CanaryState State)> AnalyseAsync(
        OperationContext operation, CanarySettings settings, CanaryState state, DateTimeOffset end, string where, CancellationToken stop)
    {
        if (settings.Analysis is not { } analysis || operation.Record.Status.PromoteAll)
            return (null, state);
        var now = operation.Now;
        var due = state.CheckedAt is not { } last || now - last >= analysis.Interval.Value || now >= end && last < end;
        if (!due)
            return (null, state);
        var (value, trouble) = await prometheus.AskAsync(operation.Cluster.Options.Prometheus, analysis.Query, stop);
        if (value is null)
        {
            if (state.Unanswered + 1 >= UnansweredAllowed)
                return (Progress.Failed("AnalysisUnanswered", $"{where}: no answer to '{analysis.Query}' {UnansweredAllowed} times in a row: {trouble}"), state);
            return (Progress.Remember(state with { Unanswered = state.Unanswered + 1, CheckedAt = now < end ? now : state.CheckedAt }, "Analysing", $"{where}: {trouble}")
                with
            { LookAgain = analysis.Interval.Value }, state);
        }
        if (value < analysis.Min || value > analysis.Max)
        {
            var bound = value < analysis.Min ? $"below {analysis.Min}" : $"above {analysis.Max}";
            return (Progress.Failed("AnalysisFailed", FormattableString.Invariant($"{where}: '{analysis.Query}' is {value}, {bound}")), state);
        }
        return (Progress.Remember(state with { CheckedAt = now, Unanswered = 0 }, "Analysing", FormattableString.Invariant($"{where}: '{analysis.Query}' is {value}: good")), state);
    }

    private static Progress WaitOrGoOn(OperationContext operation, CanarySettings settings, CanaryState state, CanaryStep step, DateTimeOffset readyAt, string where)
    {
        var status = operation.Record.Status;
        var promoted = status.PromoteAll || status.Promotions > state.Promoted;
        var left = readyAt + step.Pause.Value - operation.Now;
        if (step.Manual && !promoted)
            return Progress.Paused($"{where} waits for a promote") with { LookAgain = settings.Analysis?.Interval.Value };
        if (!step.Manual && left > TimeSpan.Zero && !promoted)
            return Progress.Running("AtStep", $"{where}, on in {left.TotalSeconds:0} s") with { LookAgain = settings.Analysis is { } a && a.Interval.Value < left ? a.Interval.Value : left };
        var next = new CanaryState
        {
            Step = Math.Min(state.Step + 1, settings.Steps.Count - 1),
            Promoted = promoted && !status.PromoteAll ? state.Promoted + 1 : state.Promoted,
            Finalizing = state.Step + 1 == settings.Steps.Count
        };
        return Progress.Remember(next, "AtStep", $"{where} is done");
    }

    private static async Task<Progress> TakeOverAsync(OperationContext operation, CanarySettings settings, KubeObject stable, CancellationToken stop)
    {
        stable = await SecondWorkload.PromoteAsync(operation, stable,
            settings.Route is null ? [new("replace", "/spec/replicas", operation.Previous<WorkloadSnapshot>().Replicas ?? 1)] : [], stop);
        var judged = await Workloads.JudgeAsync(operation, stable, stop);
        if (judged.Outcome != Outcome.Done)
            return judged with { Reason = judged.Outcome == Outcome.Failed ? judged.Reason : "Promoting", Message = $"the new version replaces the old one: {judged.Message}" };
        if (settings.Route is not null && !await RouteTraffic.RestoreAsync(operation, settings, stop))
            return Progress.Running("Promoting", "the route goes back to its one Service", judged.Replicas) with { LookAgain = TimeSpan.Zero };
        return await SecondWorkload.RemoveAsync(operation, Track, stop)
            ? judged with { Reason = "Promoted" }
            : Progress.Running("Promoting", "the canary is being removed", judged.Replicas);
    }

    /// <summary>New and old pods for that weight. By ratio the total stays as it was, and below 100 % both have at least one.</summary>
    internal static (int New, int Old) Share(int total, int weight, bool routed)
    {
        var newPods = Math.Max(1, (int)Math.Round(total * weight / 100.0, MidpointRounding.AwayFromZero));
        if (routed)
            return (newPods, total);
        return weight == 100 ? (newPods, 0) : (Math.Min(newPods, Math.Max(1, total - 1)), Math.Max(1, total - newPods));
    }

    private static async Task<KubeObject> StableAsync(OperationContext operation, CancellationToken stop) =>
        await operation.Cluster.SeenAsync(KubeResource.Deployments, operation.Namespace, operation.Request.Workload.Name, stop)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, stop);
}
