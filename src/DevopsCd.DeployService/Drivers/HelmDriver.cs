using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Drivers;

/// <summary>
/// Upgrades a Helm release by the helm command, version 3 or 4. The operation's id is the description that helm gives a revision
/// whose upgrade has succeeded, by which it is found again. One replica runs the command and shows that it lives; when it has died, the next one frees the release
/// from its pending state and runs it again. Helm keeps its releases in Secrets: this driver needs rights that no other one needs.
/// </summary>
internal sealed partial class HelmDriver(IOptions<DeployServiceOptions> options, IHostApplicationLifetime life, ILogger<HelmDriver> log) : IDeployStrategy
{
    private const int MostTries = 5;

    private static readonly TimeSpan s_heartbeat = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_dead = TimeSpan.FromSeconds(20);

    /// <summary>Twice as long as a helm waits that was given no time of its own.</summary>
    private static readonly TimeSpan s_abandoned = TimeSpan.FromMinutes(10);

    private static readonly string[] s_chartFormats = ["oci://registry/chart", "https://host/chart.tgz", "repository/chart"];

    private readonly string _me = $"{Environment.MachineName}/{Environment.ProcessId}/{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    private readonly ConcurrentDictionary<string, Task<(int Exit, string Output, string Error)>> _running = new();

    public string Name => StrategyNames.Helm;

    public IReadOnlyList<string> Kinds => ["Release"];

    public bool LeavesTraces => false;

    public IEnumerable<(string Field, string Error)> Check(DeployOperationRequest request)
    {
        foreach (var wrong in request.CheckNames("chart", "version", ValueSettings.Name).Concat(request.CheckText("chart", required: true))
            .Concat(request.CheckText("version", required: false)).Concat(ValueSettings.Check(request)))
            yield return wrong;
        if (request.TextSetting("chart") is { } chart && !ChartForm().IsMatch(chart))
            yield return ("strategy.chart", $"must be written like {string.Join(" or ", s_chartFormats)}");
        else if (request.TextSetting("chart") is { } from && options.Value.Rollout.ChartSources is var sources && !sources.Any(s => IsWithin(from, s)))
            yield return ("strategy.chart", sources.Count == 0
                ? "no source of charts is allowed: list those that are under deploy_service:rollout:chart_sources"
                : $"may only come from {string.Join(", ", sources)} (deploy_service:rollout:chart_sources)");
        if (request.TextSetting("version") is { } version && !VersionForm().IsMatch(version))
            yield return ("strategy.version", "must be a chart version");
    }

    public async Task<Inspection> InspectAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var helm = new HelmCommand(options.Value.Rollout.Helm, cluster, log);
        var major = await helm.MajorVersionAsync(cancellationToken);
        if (major is null)
            throw new TargetRejectedException("strategy.type", "HelmMissing",
                $"the command '{options.Value.Rollout.Helm}' cannot be run on the deploy service; install helm 3 or 4, or choose another strategy");
        if (major is not (3 or 4))
            throw new TargetRejectedException("strategy.type", "HelmVersion", $"helm {major} is not supported; install helm 3 or 4");
        var history = await helm.HistoryAsync(request.Workload.Name, request.Namespace, cancellationToken);
        if (history.Count == 0)
            throw new TargetRejectedException("workload.name", "ReleaseNotFound",
                $"there is no Helm release '{request.Workload.Name}' in namespace '{request.Namespace}'; a first install is not a deployment");
        var deployed = history.LastOrDefault(r => r.Status is "deployed" or "superseded");
        return new Inspection(Json.ToElement(new { revision = deployed?.Revision }),
            [.. ValueSettings.Of(request)
                .Select(v => new DeployPreflightChange { Container = v.Key, From = deployed is null ? null : $"revision {deployed.Revision}", To = v.Value })]);
    }

    /// <summary>Helm has no say in what its revisions run: another revision counts as a change.</summary>
    public DeployPrevious Before(JsonElement previous, DeployOperationRequest request) =>
        new() { Revision = previous.Number("revision")?.ToString(CultureInfo.InvariantCulture), Unchanged = false };

    public IEnumerable<(string Verb, KubeResource Resource)> Needs(DeployOperationRequest request) => [];

    public async Task DryRunAsync(Cluster cluster, DeployOperationRequest request, CancellationToken cancellationToken)
    {
        var helm = new HelmCommand(options.Value.Rollout.Helm, cluster, log);
        var (exit, _, error) = await helm.RunAsync([.. Upgrade(request, "preflight"), "--dry-run=server"], cancellationToken);
        if (exit != 0)
            throw new TargetRejectedException("strategy.chart", "HelmRefuses", HelmCommand.CauseOf(error));
    }

    public async Task<Progress> AdvanceAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        var helm = new HelmCommand(options.Value.Rollout.Helm, operation.Cluster, log);
        var state = operation.State<HelmState>();
        if (_running.TryGetValue(operation.Record.Id, out var running))
        {
            if (!running.IsCompleted)
                return Alive(operation, state!, "HelmUpgrading", "helm upgrade is running");
            _running.TryRemove(operation.Record.Id, out _);
            var (exit, _, error) = await running;
            if (exit != 0 && !HelmCommand.IsBusy(error))
                return Progress.Failed("HelmFailed", HelmCommand.CauseOf(error));
        }
        var history = await helm.HistoryAsync(operation.Request.Workload.Name, operation.Namespace, cancellationToken);
        var description = DescriptionOf(operation);
        // Helm writes the description only when all went well: before that it is "Preparing upgrade", after a failure it tells that.
        if (history.LastOrDefault(r => r.Description == description) is { } ours)
            return Progress.Done("Upgraded", $"revision {ours.Revision} is {ours.Status}");
        if (state is not null && IsRunByOther(operation, state))
            return Progress.Running("HelmUpgrading", $"helm upgrade is run by {state.Runner}") with { LookAgain = s_heartbeat };
        if (state is null || state.Runner != _me)
        {
            var inherited = state is not null && (state.Inherited || state.Runner != _me);
            return Progress.Remember(new HelmState(_me, operation.Now, (state?.Tries ?? 0) + 1, state?.After ?? history[^1].Revision, inherited),
                "HelmUpgrading", "helm upgrade is about to start");
        }
        if (state.Tries > MostTries)
            return Progress.Failed("HelmFailed", $"helm did not come to an end in {MostTries} tries");
        if (history[^1] is { Pending: true } pending)
        {
            // Somebody else's helm may be at work on it: only what a runner of ours left behind, or what no helm waits for any more, is stuck.
            var left = state.Inherited && pending.Revision > state.After;
            return left || pending.Updated is null || operation.Now - pending.Updated >= s_abandoned
                ? await FreeAsync(helm, operation, history, cancellationToken)
                : Alive(operation, state, "WaitingForHelm",
                    $"revision {pending.Revision} is {pending.Status} since {pending.Updated:u}; if no helm is at work on it, it is freed after {s_abandoned.TotalMinutes:0} minutes");
        }
        var major = await helm.MajorVersionAsync(cancellationToken)
            ?? throw new TargetRejectedException("strategy.type", "HelmMissing", "the helm command can no longer be run");
        var seconds = Math.Max(10, (int)(operation.Record.DeadlineAt - operation.Now).TotalSeconds);
        string[] wait = major == 3
            ? ["--wait", "--atomic", "--timeout", $"{seconds}s"]
            : ["--wait=watcher", "--rollback-on-failure", "--timeout", $"{seconds}s"];
        await operation.StillCurrentAsync(cancellationToken);
        _running[operation.Record.Id] = helm.RunAsync([.. Upgrade(operation.Request, description), .. wait], life.ApplicationStopping);
        return Progress.Running("HelmUpgrading", "helm upgrade has been started") with { LookAgain = TimeSpan.FromSeconds(1) };
    }

    public async Task<Progress> ReturnAsync(OperationContext operation, CancellationToken cancellationToken)
    {
        if (operation.Record.Previous is null || operation.Record.Previous.Value.Number("revision") is not { } revision)
            return Progress.Done("Returned", "there was no revision before this operation");
        var state = operation.State<HelmState>();
        if (_running.TryGetValue(operation.Record.Id, out var running))
        {
            if (!running.IsCompleted)
                return Alive(operation, state!, "Returning", "helm upgrade is still running");
            _running.TryRemove(operation.Record.Id, out _);
        }
        if (state is not null && IsRunByOther(operation, state))
            return Progress.Running("Returning", $"helm upgrade is still run by {state.Runner}") with { LookAgain = s_heartbeat };
        var helm = new HelmCommand(options.Value.Rollout.Helm, operation.Cluster, log);
        var history = await helm.HistoryAsync(operation.Request.Workload.Name, operation.Namespace, cancellationToken);
        var target = $"Rollback to {revision}";
        if (history is not [.., var last])
            return Progress.Failed("ReleaseNotFound", $"there is no Helm release '{operation.Request.Workload.Name}' any more");
        var ours = history.LastOrDefault(r => r.Description == DescriptionOf(operation));
        if (last.Status == "deployed" && (last.Revision == revision || last.Description == target && (ours is null || last.Revision > ours.Revision)))
            return Progress.Done("Returned", $"revision {revision} runs again");
        // A revision that is pending or has failed is somebody else's when it was there before this operation's first try.
        if (ours is null && !operation.RollsBack && (last.Status == "deployed" || state is null || last.Revision <= state.After))
            return Progress.Done("Returned", "the release was not changed by this operation");
        await operation.StillCurrentAsync(cancellationToken);
        var (exit, _, error) = await helm.RunAsync(
            ["rollback", operation.Request.Workload.Name, revision.ToString(), "-n", operation.Namespace, "--wait", "--timeout", "120s"], cancellationToken);
        return exit == 0 ? Progress.Done("Returned", $"rolled back to revision {revision}") : Progress.Failed("HelmFailed", HelmCommand.CauseOf(error));
    }

    public Task<Progress?> HoldAsync(OperationContext operation, CancellationToken cancellationToken) => Task.FromResult<Progress?>(null);

    /// <summary>A helm that was killed leaves its revision pending, and every later upgrade is refused; rolling back to the last good one ends that.</summary>
    private static async Task<Progress> FreeAsync(HelmCommand helm, OperationContext operation, IReadOnlyList<HelmRevision> history,
        CancellationToken cancellationToken)
    {
        if (history.LastOrDefault(r => r.Status is "deployed" or "superseded") is not { } good)
            return Progress.Failed("HelmStuck", $"revision {history[^1].Revision} is {history[^1].Status} and there is no earlier good one to return to");
        var (exit, _, error) =
            await helm.RunAsync(["rollback", operation.Request.Workload.Name, good.Revision.ToString(), "-n", operation.Namespace], cancellationToken);
        return exit == 0
            ? Progress.Running("HelmRecovering",
                $"the release was stuck in {history[^1].Status}; it is back at revision {good.Revision}") with
            { LookAgain = TimeSpan.Zero }
            : Progress.Failed("HelmStuck", HelmCommand.CauseOf(error));
    }

    /// <summary>Goes on waiting, and from time to time shows the other replicas that somebody does.</summary>
    private static Progress Alive(OperationContext operation, HelmState state, string reason, string message) =>
        (operation.Now - state.HeartbeatAt < s_heartbeat ? Progress.Running(reason, message)
            : Progress.Remember(state with { HeartbeatAt = operation.Now }, reason, message))
        with
        { LookAgain = TimeSpan.FromSeconds(1) };

    /// <summary>Whether another replica runs helm for this operation, as far as its heartbeat tells.</summary>
    private bool IsRunByOther(OperationContext operation, HelmState state) => state.Runner != _me && operation.Now - state.HeartbeatAt < s_dead;

    /// <summary>Whether a chart lies in that place, and not only in one whose name begins so.</summary>
    private static bool IsWithin(string chart, string source) =>
        chart.StartsWith(source.EndsWith('/') ? source : source + "/", StringComparison.Ordinal);

    private static string DescriptionOf(OperationContext operation) => $"devopscd {operation.Record.Id}";

    private static List<string> Upgrade(DeployOperationRequest request, string description)
    {
        List<string> arguments =
            ["upgrade", request.Workload.Name, request.TextSetting("chart")!, "-n", request.Namespace, "--reuse-values", "--description", description];
        if (request.TextSetting("version") is { } version)
            arguments.AddRange(["--version", version]);
        foreach (var (path, value) in ValueSettings.Of(request))
            arguments.AddRange(["--set-string", $"{path}={Literally().Replace(value, @"\$0")}"]);
        return arguments;
    }

    /// <summary>What helm would read as the next value, a list, or an escape.</summary>
    [GeneratedRegex(@"[\\,{}]")]
    private static partial Regex Literally();

    [GeneratedRegex(@"^(oci://|https://)?[A-Za-z0-9][A-Za-z0-9._\-:]*(/[A-Za-z0-9][A-Za-z0-9._\-]*)+\z")]
    private static partial Regex ChartForm();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.+\-]{0,63}\z")]
    private static partial Regex VersionForm();
}
