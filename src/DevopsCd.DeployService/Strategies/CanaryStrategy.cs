using System.Collections.Concurrent;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;

namespace DevopsCd.DeployService.Strategies;

/// <summary>
/// The new version first takes a share of the traffic in a second Deployment, step by step; only then does it replace the old one.
/// The share is the ratio of pods behind the same Service, or the weights of an HTTPRoute. Whatever fails on the way, the old
/// version still runs and gets everything back.
/// </summary>
internal sealed class CanaryStrategy(PrometheusAnalysis prometheus, OperationStore store) : IDeployStrategy
{
    public const string Track = "canary";

    private const int UnansweredAllowed = 5;

    private static readonly TimeSpan s_forgotten = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _metAt = new(StringComparer.Ordinal);

    public string Name => StrategyNames.Canary;

    public IReadOnlyList<string> Kinds => ["Deployment"];

    public bool LeavesTraces => true;

    public bool TakesPromote => true;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request) => CanarySettings.Check(request);

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var settings = CanarySettings.Read(request);
        var live = await Workloads.ReadAsync(cluster, request, cancellationToken);
        if (settings.Analysis is not null && cluster.Options.Prometheus is null)
            throw new TargetRejectedException("strategy.analysis", "NoPrometheus", $"cluster '{cluster.Name}' has no prometheus configured");
        await SecondWorkload.CheckNameAsync(cluster, request, live, Track, store.FindAsync, cancellationToken);
        ServicePin.Check(live);
        if (settings.Route is not null)
        {
            var traffic = await RouteTraffic.RecordAsync(cluster, request.Namespace, settings, live, cancellationToken);
            await ServicePin.CheckPodsAsync(cluster, live, cancellationToken);
            return Workloads.Inspect(live, request, traffic);
        }
        if (live.Root.Number("spec", "replicas") != 0 && await Autoscalers.FindAsync(cluster, request, cancellationToken) is { } autoscaler)
        {
            throw new TargetRejectedException("strategy.route", "Autoscaled",
                $"HorizontalPodAutoscaler '{autoscaler}' sets the replicas of Deployment '{live.Name}', and a canary by ratio would fight it: shift the traffic by route, stableService and canaryService, or send strategy.type: rolling or blue-green");
        }
        return Workloads.Inspect(live, request);
    }

    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request) => Workloads.Before(previous, request);

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request)
    {
        foreach (var verb in new[] { "get", "watch", "create", "patch", "delete" })
            yield return (verb, KubeResource.Deployments);
        yield return ("list", KubeResource.Pods);
        yield return ("list", KubeResource.ReplicaSets);
        if (request.Setting("route") is null)
        {
            yield return ("list", KubeResource.Autoscalers);
        }
        else
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

    public Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken) =>
        Workloads.DryRunAsync(cluster, request, cancellationToken);

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var stable = await StableAsync(operation, cancellationToken);
        if (await stable.LaterThanAsync(operation, cancellationToken) is { } later)
            return Progress.Superseded(later);
        if (stable.IsOf(operation.Record) && stable.Annotation(Stamps.State) == Stamps.Returned)
            throw new ConcurrentChangeException("the workload has been returned already");
        if (await Hands.FindAsync(operation, stable, cancellationToken) is { } hand)
            return Progress.Failed(Hands.ChangedByOthers, hand);
        var settings = CanarySettings.Read(operation.Request);
        var state = operation.State<CanaryState>() ?? new CanaryState();
        var previous = operation.Previous<WorkloadSnapshot>();
        // Where nothing changes or nothing runs there is no traffic to share; no pods stay no pods.
        if (previous.Image == operation.Request.Image || previous.Replicas == 0 && state.Size is null)
            return await Workloads.JudgeAsync(operation, await Workloads.EnsureImageAsync(operation, stable, cancellationToken), cancellationToken);
        stable = await SecondWorkload.ClaimAsync(operation, stable, Track, cancellationToken);
        return state.Finalizing
            ? await TakeOverAsync(operation, settings, state, stable, cancellationToken)
            : await StepAsync(operation, settings, state, stable, cancellationToken);
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (operation.Record.Previous is null)
            return Progress.Done("Returned", "the workload was not changed by this operation");
        var stable = await StableAsync(operation, cancellationToken);
        Progress? hand = null;
        if (operation.RollsBack || await stable.LaterThanAsync(operation, cancellationToken) is null)
        {
            var (settled, routed) = await RouteBackAsync(operation, cancellationToken);
            if (!settled)
                return Progress.Running("Returning", "traffic goes back to the old pods") with { LookAgain = TimeSpan.Zero };
            var restored = await Workloads.RestoreAsync(operation, stable, cancellationToken, Resize(operation, stable));
            if (restored.Outcome == Outcome.Failed && restored.Reason == Hands.ChangedByOthers)
                hand = restored;
            else if (restored.Outcome != Outcome.Done)
                return restored;
            if (routed is not null)
            {
                hand = Progress.Failed(Hands.ChangedByOthers, routed);
                if (await RouteTraffic.NeedsCanaryAsync(operation, CanarySettings.Read(operation.Request), cancellationToken))
                    return hand with { Message = $"{hand.Message}; the canary stays, for it gets traffic" };
            }
        }
        if (!await SecondWorkload.RemoveAsync(operation, Track, cancellationToken))
            return Progress.Running("Returning", "the canary is being removed");
        if (await UnpinAsync(operation, cancellationToken) is { } unpinning)
            return unpinning;
        await FenceAsync(operation, cancellationToken);
        return hand ?? Progress.Done("Returned", Workloads.ReturnedTo(operation, "the old version has all the traffic again"));
    }

    public async Task<Progress> ClearAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken) is { } stable)
        {
            var (settled, routed) = await RouteBackAsync(operation, cancellationToken);
            if (!settled)
                return Progress.Running("Clearing", "traffic goes back to the old pods") with { LookAgain = TimeSpan.Zero };
            if (routed is not null && await RouteTraffic.NeedsCanaryAsync(operation, CanarySettings.Read(operation.Request), cancellationToken))
                return Progress.Failed(Hands.ChangedByOthers, $"{routed}; the canary of operation {operation.Record.Id} gets traffic by it");
            if (Resize(operation, stable) is { Count: > 0 } edits)
                stable = await Workloads.EditAsync(operation, KubeResource.Deployments, stable, [JsonEdit.Unchanged(stable), .. edits], cancellationToken);
            if (await Workloads.JudgeAsync(operation, stable, cancellationToken) is { Outcome: Outcome.Running } waiting)
                return waiting with { Reason = "Clearing" };
        }
        if (!await SecondWorkload.RemoveAsync(operation, Track, cancellationToken))
            return Progress.Running("Clearing", "an older canary is being removed");
        if (await UnpinAsync(operation, cancellationToken) is { } unpinning)
            return unpinning;
        await FenceAsync(operation, cancellationToken);
        return Progress.Done("Cleared", "");
    }

    /// <summary>A canary is at rest at any step; to hold it means to stay there, which only a person can end.</summary>
    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult<Progress?>(null);

    private async Task<Progress> StepAsync(OperationContext operation, CanarySettings settings, CanaryState state, KubeObject stable,
        CancellationToken cancellationToken)
    {
        var step = settings.Steps[state.Step];
        var where = $"step {state.Step + 1} of {settings.Steps.Count} ({step.Weight} %)";
        var size = stable.Root.Number("spec", "replicas") ?? 1;
        if (Plan(state, step, size, settings.Route is not null) is { } planned)
            return Progress.Remember(planned, "AtStep", $"{where}: {planned.New} new to {planned.Old} old pods");
        var (newPods, oldPods) = (state.New!.Value, state.Old!.Value);

        if (settings.Route is not null)
        {
            if (!await Hands.HasTemplateAsync(operation, stable, cancellationToken))
                return Progress.Failed(Hands.ChangedByOthers, $"{where}: somebody has changed the pod template of Deployment '{stable.Name}'");
            if (await RouteTraffic.PinAsync(operation, settings, stable, cancellationToken) is { } waiting)
                return waiting;
        }
        var canary = await SecondWorkload.EnsureAsync(operation, stable, Track, newPods, scale: state.Settled != newPods,
            mustBeThere: state.Settled is not null, cancellationToken);
        if (canary is null)
            return Progress.Running("RollingOut", $"{where}: an older canary is going away");
        var judged = await Workloads.JudgeAsync(operation, canary, cancellationToken);
        if (judged.Outcome != Outcome.Done)
            return judged with { Message = $"{where}: {judged.Message}" };

        // Only now that the new pods serve may the old ones become fewer.
        if (settings.Route is not null)
        {
            var (settled, hand) = await RouteTraffic.EnsureAsync(operation, settings, canary, step.Weight, cancellationToken);
            if (hand is not null)
                return Progress.Failed(Hands.ChangedByOthers, $"{where}: {hand}", judged.Replicas);
            if (!settled)
                return Progress.Running("MovingTraffic", $"{where}: weights are being set", judged.Replicas) with { LookAgain = TimeSpan.Zero };
        }
        else
        {
            if (size != oldPods)
            {
                await operation.StillCurrentAsync(cancellationToken);
                stable = await Workloads.EditAsync(operation, KubeResource.Deployments, stable,
                    [JsonEdit.Unchanged(stable), new("replace", "/spec/replicas", oldPods),
                        .. Workloads.StampEdits(stable, new() { [Stamps.Size] = $"{oldPods} of {state.Size}" })], cancellationToken);
            }
            if (RolloutStatus.Of(stable) is { Done: false } moving)
                return Progress.Running("MovingTraffic", $"{where}: {newPods} new to {oldPods} old pods: {moving.Message}", judged.Replicas);
        }
        if (state.ReadyAt is not { } readyAt)
            return Progress.Remember(state with { ReadyAt = operation.Now, Settled = newPods }, "AtStep", $"{where} has begun", judged.Replicas);
        if (state.Settled != newPods)
            return Progress.Remember(state with { Settled = newPods }, "AtStep", $"{where}: {newPods} new to {oldPods} old pods", judged.Replicas);

        var (verdict, next) = await AnalyseAsync(operation, settings, state, readyAt + step.Pause.Value, where, cancellationToken);
        // A look at the analysis is no end of the pause: a promote that comes meanwhile counts.
        if (verdict is { Outcome: Outcome.Running } && step.Manual && !IsPromoted(operation, state))
            verdict = verdict with { Outcome = Outcome.Paused, Reason = Progress.WaitsForPromote, Message = $"{verdict.Message}; waits for a promote" };
        if (verdict is not null)
            return verdict with { Replicas = judged.Replicas };
        return WaitOrGoOn(operation, settings, next, step, readyAt, where) with { Replicas = judged.Replicas };
    }

    /// <summary>
    /// Asks Prometheus when it is time to: after the initial delay, then once an interval, however often a step is woken meanwhile.
    /// A step ends with a good answer that was given at its end or later.
    /// </summary>
    private async Task<(Progress? Verdict, CanaryState State)> AnalyseAsync(
        OperationContext operation, CanarySettings settings, CanaryState state, DateTimeOffset end, string where, CancellationToken cancellationToken)
    {
        if (settings.Analysis is not { } analysis || operation.Record.Status.PromoteAll)
            return (null, state);
        var now = operation.Now;
        // A question is asked before its time is written down: who takes over from a process that died cannot know of the last one.
        var metAt = MetAt(operation);
        var due = state.CheckedAt is { } last ? (last > metAt ? last : metAt) + analysis.Interval.Value : state.ReadyAt!.Value + analysis.InitialDelay.Value;
        if (now < due)
        {
            // Not asked at the end yet, or not answered then.
            var open = now >= end && (state.CheckedAt is not { } asked || asked < end || state.Unanswered > 0);
            return (open ? Progress.Running("Analysing",
                $"{where}: '{analysis.Query}' is asked in {(due - now).TotalSeconds:0} s") with
            { LookAgain = due - now } : null, state);
        }
        var (value, trouble) = await prometheus.AskAsync(operation.Cluster.Options.Prometheus, analysis.Query, cancellationToken);
        if (value is null)
        {
            if (state.Unanswered + 1 >= UnansweredAllowed)
                return (Progress.Failed("AnalysisUnanswered", $"{where}: no answer to '{analysis.Query}' {UnansweredAllowed} times in a row: {trouble}"),
                    state);
            return (Progress.Remember(state with { Unanswered = state.Unanswered + 1, CheckedAt = now }, "Analysing", $"{where}: {trouble}")
                with
            { LookAgain = analysis.Interval.Value }, state);
        }
        if (value < analysis.Min || value > analysis.Max)
        {
            var bound = value < analysis.Min ? $"below {analysis.Min}" : $"above {analysis.Max}";
            return (Progress.Failed("AnalysisFailed", FormattableString.Invariant($"{where}: '{analysis.Query}' is {value}, {bound}")), state);
        }
        return (Progress.Remember(state with { CheckedAt = now, Unanswered = 0 }, "Analysing",
            FormattableString.Invariant($"{where}: '{analysis.Query}' is {value}: good")), state);
    }

    /// <summary>When this process had to do with the operation's analysis for the first time.</summary>
    private DateTimeOffset MetAt(OperationContext operation)
    {
        if (_metAt.TryGetValue(operation.Record.Id, out var known))
            return known;
        foreach (var (id, at) in _metAt)
            if (operation.Now - at > s_forgotten)
                _metAt.TryRemove(id, out _);
        return _metAt.GetOrAdd(operation.Record.Id, operation.Now);
    }

    private static Progress WaitOrGoOn(OperationContext operation, CanarySettings settings, CanaryState state, CanaryStep step, DateTimeOffset readyAt,
        string where)
    {
        var status = operation.Record.Status;
        var promoted = IsPromoted(operation, state);
        var left = readyAt + step.Pause.Value - operation.Now;
        if (step.Manual && !promoted)
            return Progress.Paused($"{where} waits for a promote") with { LookAgain = settings.Analysis?.Interval.Value };
        if (!step.Manual && left > TimeSpan.Zero && !promoted)
            return Progress.Running("AtStep",
                $"{where}, on in {left.TotalSeconds:0} s") with
            { LookAgain = settings.Analysis is { } a && a.Interval.Value < left ? a.Interval.Value : left };
        var next = new CanaryState
        {
            Step = Math.Min(state.Step + 1, settings.Steps.Count - 1),
            Promoted = promoted && !status.PromoteAll ? state.Promoted + 1 : state.Promoted,
            Finalizing = state.Step + 1 == settings.Steps.Count,
            Size = state.Size,
            Old = state.Old
        };
        return Progress.Remember(next, "AtStep", $"{where} is done");
    }

    private static bool IsPromoted(OperationContext operation, CanaryState state) =>
        operation.Record.Status.PromoteAll || operation.Record.Status.Promotions > state.Promoted;

    private static async Task<Progress> TakeOverAsync(OperationContext operation, CanarySettings settings, CanaryState state, KubeObject stable,
        CancellationToken cancellationToken)
    {
        // From here on both Services may select any pod of the new version.
        if (await UnpinAsync(operation, cancellationToken) is { } unpinning)
            return unpinning;
        stable = await SecondWorkload.PromoteAsync(operation, stable, Resize(operation, stable), cancellationToken);
        var judged = await Workloads.JudgeAsync(operation, stable, cancellationToken);
        if (judged.Outcome != Outcome.Done)
            return judged with
            {
                Reason = judged.Outcome == Outcome.Failed ? judged.Reason : "Promoting",
                Message = $"the new version replaces the old one: {judged.Message}"
            };
        var (settled, hand) = await RouteBackAsync(operation, cancellationToken);
        if (!settled)
            return Progress.Running("Promoting", "the route goes back to its one Service", judged.Replicas) with { LookAgain = TimeSpan.Zero };
        if (hand is not null && await RouteTraffic.NeedsCanaryAsync(operation, settings, cancellationToken))
            return Progress.Failed(Hands.ChangedByOthers, $"{hand}; the canary stays, for it gets traffic", judged.Replicas);
        return await SecondWorkload.RemoveAsync(operation, Track, cancellationToken)
            ? judged with { Reason = "Promoted", Message = hand is null ? judged.Message : $"{judged.Message}; {hand}" }
            : Progress.Running("Promoting", "the canary is being removed", judged.Replicas);
    }

    /// <summary>The numbers of a step that has none yet, or that somebody else has changed; null where they stand.</summary>
    internal static CanaryState? Plan(CanaryState state, CanaryStep step, int size, bool routed)
    {
        if (state.New is null)
        {
            // What is not the number we left is somebody's, and is the size from now on.
            var total = size == state.Old ? state.Size ?? size : size;
            var (newPods, oldPods) = Share(total, step.Weight, routed);
            return state with { Size = total, Before = size, Old = oldPods, New = newPods };
        }
        if (size == state.Old || !routed && IsLeft(state, size))
            return null;
        return state with { Size = size, Old = size, New = size == 0 ? 0 : routed ? Share(size, step.Weight, routed).New : state.New };
    }

    /// <summary>The edit that gives the old workload its pods again, as long as it has the number this operation left it.</summary>
    private static IReadOnlyList<JsonEdit> Resize(OperationContext operation, KubeObject stable)
    {
        if (operation.Request.Setting("route") is not null || !stable.IsOf(operation.Record) || stable.Annotation(Stamps.State) != Track
            || operation.State<CanaryState>() is not { } state)
            return [];
        // A canary that an earlier version of this service began has written down no numbers.
        var size = state.Old is null && (state.ReadyAt is not null || state.Step > 0) ? operation.Previous<WorkloadSnapshot>().Replicas : state.Size;
        var live = stable.Root.Number("spec", "replicas");
        return size is not null && live != size && (state.Old is null || IsLeft(state, live)) ? [new("replace", "/spec/replicas", size)] : [];
    }

    /// <summary>Whether this operation has left the old workload that number: that of its step, or of the one before it as long as this one has not come to the old pods.</summary>
    private static bool IsLeft(CanaryState state, int? live) => live == state.Old || state.ReadyAt is null && live == state.Before;

    private static async Task<(bool Settled, string? Hand)> RouteBackAsync(OperationContext operation, CancellationToken cancellationToken) =>
        operation.Request.Setting("route") is null ? (true, null)
            : await RouteTraffic.RestoreAsync(operation, CanarySettings.Read(operation.Request), cancellationToken);

    private static async Task<Progress?> UnpinAsync(OperationContext operation, CancellationToken cancellationToken) =>
        operation.Request.Setting("route") is not null && !await RouteTraffic.UnpinAsync(operation, CanarySettings.Read(operation.Request), cancellationToken)
            ? Progress.Running("MovingTraffic", "the Services get their selectors back") with { LookAgain = TimeSpan.Zero }
            : null;

    private static Task FenceAsync(OperationContext operation, CancellationToken cancellationToken) =>
        operation.Request.Setting("route") is null
            ? Task.CompletedTask
            : RouteTraffic.FenceAsync(operation, CanarySettings.Read(operation.Request), cancellationToken);

    /// <summary>New and old pods for that weight. By ratio the total stays as it was, and below 100 % both have at least one.</summary>
    internal static (int New, int Old) Share(int total, int weight, bool routed)
    {
        if (total == 0)
            return (0, 0);
        var newPods = Math.Max(1, (int)Math.Round(total * weight / 100.0, MidpointRounding.AwayFromZero));
        if (routed)
            return (newPods, total);
        return weight == 100 ? (newPods, 0) : (Math.Min(newPods, Math.Max(1, total - 1)), Math.Max(1, total - newPods));
    }

    private static async Task<KubeObject> StableAsync(OperationContext operation, CancellationToken cancellationToken) =>
        await operation.SeenAsync(KubeResource.Deployments, operation.Request.Workload.Name, cancellationToken)
        ?? throw await Workloads.MissingAsync(operation.Cluster, KubeResource.Deployments, operation.Request, cancellationToken);
}
