using System.Diagnostics;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Carries batches from creation to acceptance on RabbitMQ and PostgreSQL while hosts are killed, lost or frozen at random moments, or a
/// batch's row is held, and the deploy service has its own troubles, then checks that all ended as expected and that no invariant was broken.
/// </summary>
public sealed class KillRun : IAsyncDisposable
{
    // A kill between two tries costs none of the budget, but the script below already uses some of it.
    private const int RetryCount = 5;

    /// <summary>What a version after both of them adds: neither knows it, and both have to work with it.</summary>
    private const string NextVersion =
        """
        ALTER TABLE batches ADD COLUMN next text NOT NULL DEFAULT '';
        CREATE TABLE next (id bigint PRIMARY KEY);
        INSERT INTO schema_history VALUES ('29991231000000_Next', '20');
        INSERT INTO access_schema_history VALUES ('29991231000000_Next', '20');
        """;

    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100), s_longest = TimeSpan.FromMilliseconds(1500);

    private readonly KillPlan _plan;
    private readonly Action<string> _say;
    private readonly Random _dice;
    private readonly PostgresDatabase _database;
    private readonly RabbitVirtualHost _broker;
    private readonly FakeDeployService _deployService;
    private readonly FakeLark _lark;
    private readonly SentMessages _messages;
    private readonly BuildFlow? _flow;
    private readonly List<ChaosHost> _hosts = [];
    private readonly TaskCompletionSource[] _killed;
    private readonly List<string> _standstills = [];
    private double _slowestStart, _longestStandstill;
    private int _kills;

    private KillRun(KillPlan plan, Action<string> say, PostgresDatabase database, RabbitVirtualHost broker, FakeDeployService deployService, FakeLark lark)
    {
        this._plan = plan;
        this._say = say;
        this._database = database;
        this._broker = broker;
        this._deployService = deployService;
        this._lark = lark;
        _messages = new SentMessages(broker, database);
        _flow = plan.Trouble == Trouble.Upgraded ? new BuildFlow(database, Api) : null;
        _dice = new Random(plan.Seed);
        _killed = [.. Enumerable.Range(0, plan.Kills + 1).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        _killed[0].SetResult();
    }

    public static async Task<KillReport> RunAsync(KillPlan plan, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        await using var deployService = await FakeDeployService.StartAsync().ConfigureAwait(false);
        await using var lark = await FakeLark.StartAsync().ConfigureAwait(false);
        await using var run = new KillRun(plan, say, database, broker, deployService, lark);
        return await run.Go().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<KillReport> Go()
    {
        _say($"seed {_plan.Seed}: {_plan.Batches} batches of {_plan.AppsPerBatch}, {_plan.Kills} times {_plan.Trouble}, {_plan.Hosts} host(s)");
        Script();
        for (var i = 0; i < _plan.Hosts; i++)
        {
            var program = i == 0 ? _plan.Previous : null;
            _hosts.Add(ChaosHost.New($"host-{i + 1}", _database, _broker, _plan.Trouble is Trouble.MachineLost or Trouble.Parted,
                (toDatabase, toBroker) => Settings(toDatabase, toBroker).Running(program)));
        }

        // One after the other: the first brings the schema up.
        foreach (var host in _plan.Trouble == Trouble.Upgraded ? _hosts.Take(1) : _hosts) await Start(host).ConfigureAwait(false);
        foreach (var host in _hosts.Where(host => !host.Process.IsRunning)) host.Waiting();
        await Register().ConfigureAwait(false);

        var started = Stopwatch.GetTimestamp();
        var striking = _plan.Trouble == Trouble.Upgraded ? Upgrade() : Strike();
        var flowing = _flow?.DuringAsync(striking) ?? Task.CompletedTask;
        var carrying = Task.WhenAll(Enumerable.Range(0, _plan.Batches).Select(Carry));
        // A host that does not start again ends the run: later batches wait for it.
        if (await Task.WhenAny(striking, carrying).ConfigureAwait(false) == striking) await striking.ConfigureAwait(false);
        var results = await carrying.ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await striking.ConfigureAwait(false);
        await flowing.ConfigureAwait(false);

        var checker = new InvariantChecker(_database, _deployService, _broker, _plan.ConcurrentApps);
        var notices = new NoticeCheck(_database, "lark");
        _say("all ended; looking for what is wrong");
        List<string> violations =
        [
            .. results.Where(problem => problem is not null).Select(problem => problem!),
            .. await _messages.CheckAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false),
            .. await checker.CheckAsync().ConfigureAwait(false),
            .. await new RetryCheck(_database, RetryCount).CheckAsync(_deployService.Calls).ConfigureAwait(false),
            .. await notices.CheckAsync().ConfigureAwait(false),
            .. await notices.CheckToldAsync(_lark, _plan.Patience).ConfigureAwait(false),
            .. await checker.CheckAtRestAsync().ConfigureAwait(false),
            .. await new SecretSearch(_database, Secrets()).CheckAsync(await Outputs().ConfigureAwait(false)).ConfigureAwait(false),
            .. _flow is null ? [] : await _flow.CheckAsync().ConfigureAwait(false),
            .. _flow is null ? [] : await checker.CheckLiveVersionsAsync(TimeSpan.FromMinutes(3)).ConfigureAwait(false),
            .. _hosts.Where(host => host.IsUp).Select(host => host.Process).Where(host => !host.IsRunning)
                .Select(host => $"{host.Name} is not running{Environment.NewLine}{host.LogTail}"),
            .. _standstills,
        ];

        return new()
        {
            Seed = _plan.Seed,
            Hosts = _plan.Hosts,
            Batches = _plan.Batches,
            Kills = _kills,
            Trouble = _plan.Trouble,
            LongestStandstillSeconds = Math.Round(_longestStandstill, 1),
            Accepted = (int)await _database.ScalarAsync<long>("select count(*) from batches where status = 40").ConfigureAwait(false),
            Seconds = Math.Round(seconds, 1),
            Operations = _deployService.Operations.Count,
            Messages = _messages.Count,
            Cards = _lark.Cards.Count,
            Submits = _deployService.Calls.Count(call => call.Verb == "submit"),
            Builds = _flow?.Taken,
            LongestRefusalSeconds = _flow is null ? null : Math.Round(_flow.Longest.TotalSeconds, 1),
            SlowestStartSeconds = Math.Round(_slowestStart, 1),
            Violations = violations,
        };
    }

    private HostSettings Settings(string toDatabase, Uri toBroker) => HostSettings.On(toDatabase, toBroker).DeployingWith(_deployService).Telling(_lark)
        .With("core__scan_interval", "5s")
        .With("core__deploy__concurrent_apps", $"{_plan.ConcurrentApps}")
        .With("core__deploy__poll_interval", "500ms")
        .With("core__deploy__retry_count", $"{RetryCount}");

    // Which application of which batch has which trouble is part of the plan, not of the moment: the seed repeats it.
    private void Script()
    {
        _deployService.Default = _ => DeployOutcome.Success(Span()).Reported(Chance(0.5) ? 1 : Chance(0.3) ? 2 : 0);
        _deployService.DefaultAnswer = _ => Chance(0.93) ? SubmitAnswer.Accept
            : Chance(0.5) ? SubmitAnswer.AcceptThenDrop
            : Chance(0.5) ? SubmitAnswer.Refuse(503) : SubmitAnswer.Busy(TimeSpan.FromSeconds(1));
        _deployService.ReportTo = () => Any().BaseUrl;
        for (var batch = 0; batch < _plan.Batches; batch++)
        {
            if (FailsIn(batch) is { } stage) _deployService.For(App(batch, batch % _plan.AppsPerBatch), stage)
                .Outcomes(DeployOutcome.Failure("CrashLoopBackOff", Span()));
        }
    }

    private static bool GoesBack(int batch) => batch % 4 == 2 && FailsIn(batch) is null;

    private static string? FailsIn(int batch) => batch % 5 == 1 ? "pre" : batch % 7 == 3 ? "prod" : null;

    private async Task Register()
    {
        for (var batch = 0; batch < _plan.Batches; batch++)
        {
            for (var app = 0; app < _plan.AppsPerBatch; app++)
            {
                var name = App(batch, app);
                await Done(() => Api().AddApplication(name, app == 0 ? [] : [App(batch, 0)])).ConfigureAwait(false);
                foreach (var stage in new[] { "pre", "prod" }) await Done(() => Api().SetTarget(name, stage)).ConfigureAwait(false);
                await Done(() => Api().AddBuild(name, 1)).ConfigureAwait(false);
            }
        }

        if (_flow is not null) await Done(() => Api().AddApplication(BuildFlow.Application)).ConfigureAwait(false);
    }

    /// <summary>Once more where a host had no time yet; what was done all the same is refused the second time.</summary>
    private Task Done(Func<Task<CdAnswer>> call) => Eventually.IsTrue(
        async () => await call().ConfigureAwait(false) is { IsUnavailable: false } answer
            && (answer.Status == System.Net.HttpStatusCode.Conflict || answer.Expect().IsSuccess),
        "the catalogue is filled",
        _plan.Patience);

    private async Task Strike()
    {
        var standstill = new Standstill(_database);
        for (var strike = 1; strike <= _plan.Kills; strike++)
        {
            TimeSpan wait;
            ChaosHost victim;
            lock (_dice)
            {
                wait = TimeSpan.FromMilliseconds(_dice.Next(300, 3000));
                victim = _hosts[_dice.Next(_hosts.Count)];
            }

            await Pause.For(wait).ConfigureAwait(false);
            var began = Stopwatch.GetTimestamp();
            await using var held = _plan.Trouble == Trouble.HeldRow ? await HeldRow.TakeAsync(_database).ConfigureAwait(false) : null;
            var still = await standstill.DuringAsync(() => Strike(victim, held), held?.Batch).ConfigureAwait(false);
            _kills++;
            _longestStandstill = Math.Max(_longestStandstill, still.TotalSeconds);
            if (still > _plan.LongestStandstill && _plan.Trouble is not (Trouble.Killed or Trouble.Stopped))
                _standstills.Add($"I4 nothing moved for {still.TotalSeconds:0.0} s of trouble {strike}, {_plan.LongestStandstill.TotalSeconds} s are allowed");
            _say($"{_plan.Trouble} {strike} of {_plan.Kills}: {(held is null ? victim.Process.Name : $"batch {held.Batch}")} after {wait.TotalSeconds:0.0} s, for {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; longest standstill {still.TotalSeconds:0.0} s");
            _killed[strike].SetResult();
        }
    }

    /// <summary>
    /// The version before alone, then beside the new one, which brings the schema further; alone again, also from a new start; beside it again; gone.
    /// </summary>
    private async Task Upgrade()
    {
        var (older, newer) = (_hosts[0], _hosts[1]);
        (string What, Func<Task> Step)[] steps =
        [
            ("the new version joins", () => newer.JoinAsync(() => Start(newer))),
            ("it leaves, and the older one goes on" + (_plan.StartsAgain ? " from a new start" : ""), async () =>
            {
                await Leave(newer).ConfigureAwait(false);
                if (!_plan.StartsAgain) return;
                await _database.ExecuteAsync(NextVersion).ConfigureAwait(false);
                Require(older, await older.StopAsync(() => Start(older)).ConfigureAwait(false));
            }),
            ("the new version joins again", () => newer.JoinAsync(() => Start(newer))),
            ("the older one leaves", () => Leave(older)),
        ];
        foreach (var (what, step) in steps)
        {
            await Pause.For(_plan.Lasts).ConfigureAwait(false);
            var began = Stopwatch.GetTimestamp();
            await step().ConfigureAwait(false);
            _kills++;
            _say($"{what}: after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s; {_flow!.Taken} builds taken");
        }

        await Pause.For(_plan.Lasts).ConfigureAwait(false);
    }

    private async Task Leave(ChaosHost host) => Require(host, await host.LeaveAsync().ConfigureAwait(false));

    private void Require(ChaosHost host, int code)
    {
        if (code != 0) _standstills.Add($"{host.Process.Name} was told to end, and did with {code}");
    }

    /// <summary>Work begins as strikes are done, so that every strike meets some; in an upgrade it comes at an even pace.</summary>
    private Task Turn(int index) => _plan.Trouble == Trouble.Upgraded ? Pause.For(_plan.Lasts * (_plan.Kills + 1) * index / _plan.Batches)
        : _killed[Math.Clamp((index - _plan.AtOnce + 1) * _plan.Kills / _plan.Batches, 0, _plan.Kills)].Task;

    private Task Strike(ChaosHost victim, HeldRow? held) => _plan.Trouble switch
    {
        Trouble.Stopped => StopAsync(victim),
        Trouble.MachineLost => victim.LoseAsync(_plan.Lasts, () => Start(victim)),
        Trouble.Parted => victim.PartAsync(fromDatabase: _kills % 2 == 0, _plan.Lasts),
        Trouble.Frozen => victim.FreezeAsync(_plan.Lasts),
        Trouble.HeldRow => Queue(held!),
        _ => victim.KillAsync(() => Start(victim)),
    };

    private async Task StopAsync(ChaosHost victim)
    {
        Require(victim, await victim.StopAsync(() => Start(victim)).ConfigureAwait(false));
    }

    /// <summary>More orders for a batch whose row is held than a host works on at once. None of them is legal.</summary>
    private async Task Queue(HeldRow held)
    {
        for (var order = 0; order < _plan.OrdersForHeldBatch; order++)
            await _messages.Command("AcceptBatch", held.BatchId, "chaos").ConfigureAwait(false);
        await Pause.For(_plan.Lasts).ConfigureAwait(false);
    }

    private async Task Start(ChaosHost host)
    {
        var started = Stopwatch.GetTimestamp();
        await host.Process.StartAsync().ConfigureAwait(false);
        _slowestStart = Math.Max(_slowestStart, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>One batch, carried by one patient person; returns what went wrong, or null.</summary>
    private async Task<string?> Carry(int index)
    {
        await Turn(index).ConfigureAwait(false);
        var number = $"C-{index:000}";

        try
        {
            var batch = await Create(index, number).ConfigureAwait(false);
            await Approve(batch, index).ConfigureAwait(false);
            await Move(batch, "confirm_tag", from: 5, to: 11).ConfigureAwait(false);
            await Deploy(batch, "start_pre_deploy", failed: 11, done: 22, FailsIn(index) == "pre").ConfigureAwait(false);
            await Move(batch, "start_prod_deploy", from: 22, to: 31).ConfigureAwait(false);
            await Deploy(batch, "start_prod_deploy", failed: 22, done: 32, FailsIn(index) == "prod").ConfigureAwait(false);
            if (GoesBack(index)) await ThereAndBack(batch).ConfigureAwait(false);
            await Move(batch, "final_accept", from: 32, to: 40).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is TimeoutException or HopelessException)
        {
            return $"I4 {number}: {e.Message}";
        }
    }

    /// <summary>Production goes back to what ran before, and is then deployed again.</summary>
    private async Task ThereAndBack(long batch)
    {
        await Move(batch, "start_prod_rollback", from: 32, to: 33, "orders fail").ConfigureAwait(false);
        await Eventually.Sees(() => Api().Batch(batch), view => view.IsSuccess && view.State != 33, $"batch {batch} is rolled back", _plan.Patience)
            .ConfigureAwait(false);
        if ((await Eventually.Sees(() => Api().Batch(batch), view => view.IsSuccess, $"batch {batch} is there", _plan.Patience).ConfigureAwait(false))
            .Body.GetProperty("prodDirty").GetBoolean())
            throw new HopelessException($"batch {batch} was rolled back in part only");
        await Move(batch, "start_prod_deploy", from: 22, to: 31).ConfigureAwait(false);
        await Deploy(batch, "start_prod_deploy", failed: 22, done: 32, failureIsPlanned: false).ConfigureAwait(false);
    }

    /// <summary>By HTTP, or by a message that comes twice; beside it a newer build, an order that is illegal now, and one that can never work.</summary>
    private async Task Approve(long batch, int index)
    {
        var id = (await Eventually.Sees(() => Api().Batch(batch), view => view.IsSuccess, $"batch {batch} is there", _plan.Patience)
            .ConfigureAwait(false)).Body.GetProperty("batchId").GetGuid();
        await _messages.Build(App(index, 0), 2).ConfigureAwait(false);
        await _messages.Command("AcceptBatch", id, "chaos").ConfigureAwait(false);
        await _messages.Poison("StartProdDeploy", id).ConfigureAwait(false);
        if (index % 2 == 0)
        {
            await Move(batch, "approve", from: 0, to: 5).ConfigureAwait(false);
            return;
        }

        // Sent and confirmed: nobody asks again.
        await _messages.Command("ApproveBatch", id, "chaos", times: 2).ConfigureAwait(false);
        await Eventually.IsTrue(async () => await Api().Batch(batch).ConfigureAwait(false) is { IsSuccess: true, State: 5 },
            $"batch {batch} is approved by a message", _plan.Patience).ConfigureAwait(false);
    }

    private async Task<long> Create(int index, string number)
    {
        var applications = Enumerable.Range(0, _plan.AppsPerBatch).Select(app => App(index, app)).ToList();
        // An answer that got lost leaves the batch behind: it is found by its number.
        return await Eventually.Sees(
            async () =>
            {
                var answer = await Api().CreateBatch($"Release {number}", number, applications).ConfigureAwait(false);
                if (answer.IsSuccess) return (long?)answer.Id;
                var found = await Api().Find(number).ConfigureAwait(false);
                return found.IsSuccess
                    ? found.Body.GetProperty("items").EnumerateArray().Select(item => (long?)item.GetProperty("id").GetInt64()).SingleOrDefault() : null;
            },
            id => id is not null,
            $"{number} is created",
            _plan.Patience).ConfigureAwait(false) ?? throw new UnreachableException();
    }

    /// <summary>Raises an event until the batch has left the state it starts from.</summary>
    private Task Move(long batch, string batchEvent, int from, int to, string? reason = null) => Eventually.IsTrue(
        async () =>
        {
            var answer = await Api().Raise(batch, batchEvent, reason).ConfigureAwait(false);
            if (answer.IsSuccess) return true;
            if (answer.IsUnavailable) return false;
            // Refused: it may have been done by a try whose answer got lost.
            var view = await Api().Batch(batch).ConfigureAwait(false);
            if (view.IsUnavailable) return false;
            return view.Expect().State != from ? true : throw new HopelessException(answer.Text);
        },
        $"batch {batch} takes {batchEvent} from {from} to {to}",
        _plan.Patience);

    /// <summary>Waits for the stage; a failure that was planned is answered with one retry.</summary>
    private async Task Deploy(long batch, string start, int failed, int done, bool failureIsPlanned)
    {
        var attempts = failureIsPlanned ? 1 : 0;
        await Eventually.IsTrue(
            async () =>
            {
                var view = await Api().Batch(batch).ConfigureAwait(false);
                if (!view.IsSuccess) return false;
                if (view.State == done) return true;
                var attempt = view.Body.GetProperty(failed == 11 ? "preAttempt" : "prodAttempt").GetInt32();
                if (view.State != failed || attempt == 0) return false;
                if (attempt > attempts) throw new HopelessException($"batch {batch}: {view.Body.GetProperty("lastFailure")}");
                await Api().Raise(batch, start).ConfigureAwait(false);
                return false;
            },
            $"batch {batch} reaches {done}",
            _plan.Patience).ConfigureAwait(false);
    }

    private Dictionary<string, string> Secrets() => new()
    {
        ["the deploy service's key"] = _deployService.ApiKey,
        ["the bot's secret"] = _lark.Secret,
        ["the bot's address"] = _lark.Webhook.AbsolutePath,
        ["the database's password"] = "Password=",
        ["the broker's password"] = $"{_broker.Uri.UserInfo}@",
    };

    /// <summary>What the hosts said, and what they answer to whoever asks.</summary>
    private async Task<IReadOnlyList<(string Where, string Text)>> Outputs()
    {
        var outputs = new List<(string, string)>();
        foreach (var (host, isUp) in _hosts.Select(host => (host.Process, host.IsUp)))
        {
            using var log = new StreamReader(new FileStream(host.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            outputs.Add(($"the log of {host.Name}", await log.ReadToEndAsync().ConfigureAwait(false)));
            foreach (var path in isUp ? (string[])["metrics", "health/ready", "openapi/v1.json", "api/v1/parked", "api/v1/notifications", "api/v1/batches/1",
                "api/v1/batches/1/events"] : [])
                outputs.Add(($"{host.Name}/{path}", await Eventually.Sees(() => Answer(host, path), text => text is not null, $"{host.Name} answers {path}",
                    _plan.Patience).ConfigureAwait(false) ?? ""));
        }

        return outputs;
    }

    /// <summary>Whatever its status: a refusal can hold a secret as well. Null for an answer that was cut, which is to be asked for again.</summary>
    private static async Task<string?> Answer(HostProcess host, string path)
    {
        try
        {
            using var answer = await host.Http.GetAsync(path).ConfigureAwait(false);
            return await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        }
        catch (Exception cut) when (cut is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string App(int batch, int app) => $"app-{batch:000}-{app}";

    private HostProcess Any()
    {
        var up = _hosts.Where(host => host.IsUp).ToList();
        // Between two of them there may be none: it does not answer then.
        if (up.Count == 0) up = _hosts;
        lock (_dice) return up[_dice.Next(up.Count)].Process;
    }

    private CdApi Api() => new(Any().Http, "chaos");

    private bool Chance(double odds)
    {
        lock (_dice) return _dice.NextDouble() < odds;
    }

    private TimeSpan Span()
    {
        lock (_dice) return s_shortest + (s_longest - s_shortest) * _dice.NextDouble();
    }
}
