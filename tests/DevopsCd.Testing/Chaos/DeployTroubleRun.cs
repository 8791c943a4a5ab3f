using System.Diagnostics;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Calls to the deploy service go wrong for a while under batches that deploy: answers whose body never comes, looks that somebody in front
/// of it refuses, answers that are lost. A person retries whatever failed, at once. Afterwards everything has to move on by itself.
/// </summary>
public sealed class DeployTroubleRun
{
    private static readonly int[] s_refusals = [401, 403, 302, 404];
    private static int s_refused;

    /// <summary>The figures by name: what happens to a call, by its verb.</summary>
    public static readonly IReadOnlyDictionary<string, Func<string, DeployTrouble?>> Figures = new Dictionary<string, Func<string, DeployTrouble?>>
    {
        ["silent-body"] = _ => DeployTrouble.SilentBody,
        ["refused-look"] = verb => verb == "look" ? DeployTrouble.Refuse(s_refusals[Interlocked.Increment(ref s_refused) % s_refusals.Length]) : null,
        ["lost-answers"] = verb => verb == "submit" ? DeployTrouble.LostAnswer : DeployTrouble.Refuse(503),
    };

    private const int RetryCount = 3, ConcurrentApps = 2, AppsPerBatch = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    private readonly CdApi _api;
    private readonly FakeDeployService _deployService;
    private readonly Action<string> _say;
    private int _retries;

    private DeployTroubleRun(CdApi api, FakeDeployService deployService, Action<string> say)
    {
        this._api = api;
        this._deployService = deployService;
        this._say = say;
    }

    /// <param name="figure">One of <see cref="Figures" />.</param>
    /// <param name="batches">Batches that meet the trouble; a third as many deploy to a cluster of their own that does not.</param>
    /// <param name="trouble">How long it lasts.</param>
    /// <param name="say">Told of what happens.</param>
    public static async Task<DeployTroubleReport> RunAsync(string figure, int batches, TimeSpan trouble, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        await using var deployService = await FakeDeployService.StartAsync().ConfigureAwait(false);
        var settings = HostSettings.On(database, broker).DeployingWith(deployService)
            .With("core__scan_interval", "5s").With("core__notification__provider", "log")
            .With("core__deploy__concurrent_apps", $"{ConcurrentApps}").With("core__deploy__retry_count", $"{RetryCount}")
            .With("core__deploy__poll_interval", "500ms").With("core__k8s__call_timeout", "2s");
        await using var host = await HostProcess.StartNewAsync(figure, settings).ConfigureAwait(false);
        return await new DeployTroubleRun(CdApi.Patient(host.Http, "chaos"), deployService, say).Run(figure, batches, trouble, database, broker)
            .ConfigureAwait(false);
    }

    private async Task<DeployTroubleReport> Run(string figure, int batches, TimeSpan lasts, PostgresDatabase database, RabbitVirtualHost broker)
    {
        // What was started by a call whose answer nobody got runs beyond the trouble, unless somebody stops it.
        _deployService.Default =
            request => DeployOutcome.Success(_deployService.Trouble("submit", request.Application) is null ? TimeSpan.FromSeconds(1) : lasts * 2);
        var others = Math.Max(1, batches / 3);
        var troubled = await Task.WhenAll(Enumerable.Range(0, batches).Select(index => Approved($"t{index}", "troubled"))).ConfigureAwait(false);
        var spared = await Task.WhenAll(Enumerable.Range(0, others).Select(index => Approved($"s{index}", "spared"))).ConfigureAwait(false);
        var happens = Figures[figure];
        _deployService.Trouble = (verb, operation) => operation.Contains("-t", StringComparison.Ordinal) || operation.StartsWith('t') ? happens(verb) : null;
        _say($"{batches} batches of {AppsPerBatch} meet {figure} for {lasts.TotalSeconds} s, {others} do not");

        var started = Stopwatch.GetTimestamp();
        var moving = Task.WhenAll(troubled.Select(Carry));
        var moved = Task.WhenAll(spared.Select(Carry));
        await Task.WhenAll(moved, Pause.For(lasts)).ConfigureAwait(false);
        var othersAfter = (await moved.ConfigureAwait(false)).Max(end => Stopwatch.GetElapsedTime(started, end).TotalSeconds);
        _say($"the others were pre-deployed after {othersAfter:0.0} s");
        _deployService.Trouble = (_, _) => null;
        var healed = Stopwatch.GetTimestamp();
        var allAfter = (await moving.ConfigureAwait(false)).Max(end => Math.Max(0, Stopwatch.GetElapsedTime(healed, end).TotalSeconds));
        _say($"all were pre-deployed {allAfter:0.0} s after the trouble");

        var checker = new InvariantChecker(database, _deployService, broker, ConcurrentApps);
        var calls = _deployService.Calls;
        return new()
        {
            TroubleSeconds = lasts.TotalSeconds,
            Batches = batches,
            OthersMovedAfterSeconds = Math.Round(othersAfter, 1),
            MovedAfterHealSeconds = Math.Round(allAfter, 1),
            Retries = _retries,
            Operations = _deployService.Operations.Count,
            Submits = calls.Count(call => call.Verb == "submit"),
            Looks = calls.Count(call => call.Verb == "look"),
            Stops = calls.Count(call => call.Verb == "stop"),
            Violations =
            [
                .. await checker.CheckAsync().ConfigureAwait(false),
                .. await new RetryCheck(database, RetryCount).CheckAsync(calls).ConfigureAwait(false),
                .. await checker.CheckAtRestAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false),
            ],
        };
    }

    private async Task<long> Approved(string name, string cluster)
    {
        var applications = Enumerable.Range(0, AppsPerBatch).Select(app => $"{name}-{app}").ToList();
        foreach (var application in applications)
        {
            await _api.Register(application).ConfigureAwait(false);
            (await _api.SetTarget(application, "pre", cluster).ConfigureAwait(false)).Expect();
        }

        var batch = (await _api.CreateBatch($"Release {name}", name, applications).ConfigureAwait(false)).Expect().Id;
        (await _api.Raise(batch, "approve").ConfigureAwait(false)).Expect();
        return batch;
    }

    /// <summary>Seals a batch and carries it to 22, retrying at once whenever its pre-deploy failed. Returns when it was there.</summary>
    private async Task<long> Carry(long batch)
    {
        (await _api.Raise(batch, "confirm_tag").ConfigureAwait(false)).Expect();
        await Eventually.IsTrue(
            async () =>
            {
                var view = await _api.Batch(batch).ConfigureAwait(false);
                if (!view.IsSuccess) return false;
                if (view is { State: 11 } && view.Body.GetProperty("preAttempt").GetInt32() > 0
                    && (await _api.Raise(batch, "start_pre_deploy").ConfigureAwait(false)).IsSuccess)
                    Interlocked.Increment(ref _retries);
                return view.State == 22;
            },
            $"batch {batch} is pre-deployed",
            s_patience).ConfigureAwait(false);
        return Stopwatch.GetTimestamp();
    }
}
