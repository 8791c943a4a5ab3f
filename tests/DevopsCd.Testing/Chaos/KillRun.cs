using System.Diagnostics;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// Carries batches from creation to acceptance on RabbitMQ and PostgreSQL while hosts are killed with `kill -9` at random moments and
/// the deploy service has its own troubles, then checks that all ended as expected and that no invariant was broken.
/// </summary>
public sealed class KillRun : IAsyncDisposable
{
    // A kill between two tries costs none of the budget, but the script below already uses some of it.
    private const int RetryCount = 5;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100), Longest = TimeSpan.FromMilliseconds(1500);

    private readonly KillPlan plan;
    private readonly Action<string> say;
    private readonly Random dice;
    private readonly PostgresDatabase database;
    private readonly RabbitVirtualHost broker;
    private readonly FakeDeployService deployService;
    private readonly FakeLark lark;
    private readonly SentMessages messages;
    private readonly List<HostProcess> hosts = [];
    private readonly TaskCompletionSource[] killed;
    private double slowestStart;
    private int kills;

    private KillRun(KillPlan plan, Action<string> say, PostgresDatabase database, RabbitVirtualHost broker, FakeDeployService deployService, FakeLark lark)
    {
        this.plan = plan;
        this.say = say;
        this.database = database;
        this.broker = broker;
        this.deployService = deployService;
        this.lark = lark;
        messages = new SentMessages(broker, database);
        dice = new Random(plan.Seed);
        killed = [.. Enumerable.Range(0, plan.Kills + 1).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
        killed[0].SetResult();
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
        foreach (var host in hosts) await host.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<KillReport> Go()
    {
        say($"seed {plan.Seed}: {plan.Batches} batches of {plan.AppsPerBatch}, {plan.Kills} kills, {plan.Hosts} host(s)");
        Script();
        for (var i = 0; i < plan.Hosts; i++) hosts.Add(new HostProcess($"host-{i + 1}", Settings()));
        // One after the other: the first brings the schema up.
        foreach (var host in hosts) await Start(host).ConfigureAwait(false);
        await Register().ConfigureAwait(false);

        var started = Stopwatch.GetTimestamp();
        var killing = Kill();
        var results = await Task.WhenAll(Enumerable.Range(0, plan.Batches).Select(Carry)).ConfigureAwait(false);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await killing.ConfigureAwait(false);

        var checker = new InvariantChecker(database, deployService, broker, plan.ConcurrentApps);
        var notices = new NoticeCheck(database, "lark");
        say("all ended; looking for what is wrong");
        List<string> violations =
        [
            .. results.Where(problem => problem is not null).Select(problem => problem!),
            .. await messages.CheckAsync(TimeSpan.FromMinutes(2)).ConfigureAwait(false),
            .. await checker.CheckAsync().ConfigureAwait(false),
            .. await new RetryCheck(database, RetryCount).CheckAsync(deployService.Calls).ConfigureAwait(false),
            .. await notices.CheckAsync().ConfigureAwait(false),
            .. await notices.CheckToldAsync(lark, plan.Patience).ConfigureAwait(false),
            .. await checker.CheckAtRestAsync().ConfigureAwait(false),
            .. await new SecretSearch(database, Secrets()).CheckAsync(await Outputs().ConfigureAwait(false)).ConfigureAwait(false),
            .. hosts.Where(host => !host.IsRunning).Select(host => $"{host.Name} is not running{Environment.NewLine}{host.LogTail}"),
        ];

        return new()
        {
            Seed = plan.Seed,
            Hosts = plan.Hosts,
            Batches = plan.Batches,
            Kills = kills,
            Accepted = (int)await database.ScalarAsync<long>("select count(*) from batches where status = 40").ConfigureAwait(false),
            Seconds = Math.Round(seconds, 1),
            Operations = deployService.Operations.Count,
            Messages = messages.Count,
            Cards = lark.Cards.Count,
            Submits = deployService.Calls.Count(call => call.Verb == "submit"),
            SlowestStartSeconds = Math.Round(slowestStart, 1),
            Violations = violations,
        };
    }

    private HostSettings Settings() => HostSettings.On(database, broker).DeployingWith(deployService).Telling(lark)
        .With("core__scan_interval", "5s")
        .With("core__deploy__concurrent_apps", $"{plan.ConcurrentApps}")
        .With("core__deploy__poll_interval", "500ms")
        .With("core__deploy__retry_count", $"{RetryCount}");

    // Which application of which batch has which trouble is part of the plan, not of the moment: the seed repeats it.
    private void Script()
    {
        deployService.Default = _ => DeployOutcome.Success(Span()).Reported(Chance(0.5) ? 1 : Chance(0.3) ? 2 : 0);
        deployService.DefaultAnswer = _ => Chance(0.93) ? SubmitAnswer.Accept
            : Chance(0.5) ? SubmitAnswer.AcceptThenDrop
            : Chance(0.5) ? SubmitAnswer.Refuse(503) : SubmitAnswer.Busy(TimeSpan.FromSeconds(1));
        deployService.ReportTo = () => Any().BaseUrl;
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            if (FailsIn(batch) is { } stage) deployService.For(App(batch, batch % plan.AppsPerBatch), stage).Outcomes(DeployOutcome.Failure("CrashLoopBackOff", Span()));
        }
    }

    private static string? FailsIn(int batch) => batch % 5 == 1 ? "pre" : batch % 7 == 3 ? "prod" : null;

    private async Task Register()
    {
        for (var batch = 0; batch < plan.Batches; batch++)
        {
            for (var app = 0; app < plan.AppsPerBatch; app++)
            {
                var name = App(batch, app);
                (await Api().AddApplication(name, app == 0 ? [] : [App(batch, 0)]).ConfigureAwait(false)).Expect();
                foreach (var stage in new[] { "pre", "prod" }) (await Api().SetTarget(name, stage).ConfigureAwait(false)).Expect();
                (await Api().AddBuild(name, 1).ConfigureAwait(false)).Expect();
            }
        }
    }

    private async Task Kill()
    {
        for (var kill = 1; kill <= plan.Kills; kill++)
        {
            TimeSpan wait;
            HostProcess victim;
            lock (dice)
            {
                wait = TimeSpan.FromMilliseconds(dice.Next(300, 3000));
                victim = hosts[dice.Next(hosts.Count)];
            }

            await Pause.For(wait).ConfigureAwait(false);
            await victim.Kill9Async().ConfigureAwait(false);
            kills++;
            say($"kill {kill} of {plan.Kills}: {victim.Name} after {wait.TotalSeconds:0.0} s");
            await Start(victim).ConfigureAwait(false);
            killed[kill].SetResult();
        }
    }

    private async Task Start(HostProcess host)
    {
        var started = Stopwatch.GetTimestamp();
        await host.StartAsync().ConfigureAwait(false);
        slowestStart = Math.Max(slowestStart, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>One batch, carried by one patient person; returns what went wrong, or null.</summary>
    private async Task<string?> Carry(int index)
    {
        await killed[Math.Clamp((index - plan.AtOnce + 1) * plan.Kills / plan.Batches, 0, plan.Kills)].Task.ConfigureAwait(false);
        var number = $"C-{index:000}";

        try
        {
            var batch = await Create(index, number).ConfigureAwait(false);
            await Approve(batch, index).ConfigureAwait(false);
            await Move(batch, "confirm_tag", from: 5, to: 11).ConfigureAwait(false);
            await Deploy(batch, "start_pre_deploy", failed: 11, done: 22, FailsIn(index) == "pre").ConfigureAwait(false);
            await Move(batch, "start_prod_deploy", from: 22, to: 31).ConfigureAwait(false);
            await Deploy(batch, "start_prod_deploy", failed: 22, done: 32, FailsIn(index) == "prod").ConfigureAwait(false);
            await Move(batch, "final_accept", from: 32, to: 40).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (e is TimeoutException or HopelessException)
        {
            return $"I4 {number}: {e.Message}";
        }
    }

    /// <summary>By HTTP, or by a message that comes twice; beside it a newer build, an order that is illegal now, and one that can never work.</summary>
    private async Task Approve(long batch, int index)
    {
        var id = (await Eventually.Sees(() => Api().Batch(batch), view => view.IsSuccess, $"batch {batch} is there", plan.Patience).ConfigureAwait(false)).Body.GetProperty("batchId").GetGuid();
        await messages.Build(App(index, 0), 2).ConfigureAwait(false);
        await messages.Command("AcceptBatch", id, "chaos").ConfigureAwait(false);
        await messages.Poison("StartProdDeploy", id).ConfigureAwait(false);
        if (index % 2 == 0)
        {
            await Move(batch, "approve", from: 0, to: 5).ConfigureAwait(false);
            return;
        }

        // Sent and confirmed: nobody asks again.
        await messages.Command("ApproveBatch", id, "chaos", times: 2).ConfigureAwait(false);
        await Eventually.IsTrue(async () => await Api().Batch(batch).ConfigureAwait(false) is { IsSuccess: true, State: 5 }, $"batch {batch} is approved by a message", plan.Patience).ConfigureAwait(false);
    }

    private async Task<long> Create(int index, string number)
    {
        var applications = Enumerable.Range(0, plan.AppsPerBatch).Select(app => App(index, app)).ToList();
        // An answer that got lost leaves the batch behind: it is found by its number.
        return await Eventually.Sees(
            async () =>
            {
                var answer = await Api().CreateBatch($"Release {number}", number, applications).ConfigureAwait(false);
                if (answer.IsSuccess) return (long?)answer.Id;
                var found = await Api().Find(number).ConfigureAwait(false);
                return found.IsSuccess ? found.Body.GetProperty("items").EnumerateArray().Select(item => (long?)item.GetProperty("id").GetInt64()).SingleOrDefault() : null;
            },
            id => id is not null,
            $"{number} is created",
            plan.Patience).ConfigureAwait(false) ?? throw new UnreachableException();
    }

    /// <summary>Raises an event until the batch has left the state it starts from.</summary>
    private Task Move(long batch, string batchEvent, int from, int to) => Eventually.IsTrue(
        async () =>
        {
            var answer = await Api().Raise(batch, batchEvent).ConfigureAwait(false);
            if (answer.IsSuccess) return true;
            if (answer.IsUnavailable) return false;
            // Refused: it may have been done by a try whose answer got lost.
            var state = (await Api().Batch(batch).ConfigureAwait(false)).Expect().State;
            return state != from ? true : throw new HopelessException(answer.Text);
        },
        $"batch {batch} takes {batchEvent} from {from} to {to}",
        plan.Patience);

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
            plan.Patience).ConfigureAwait(false);
    }

    private Dictionary<string, string> Secrets() => new()
    {
        ["the deploy service's key"] = deployService.ApiKey,
        ["the bot's secret"] = lark.Secret,
        ["the bot's address"] = lark.Webhook.AbsolutePath,
        ["the database's password"] = "Password=",
        ["the broker's password"] = $"{broker.Uri.UserInfo}@",
    };

    /// <summary>What the hosts said, and what they answer to whoever asks.</summary>
    private async Task<IReadOnlyList<(string Where, string Text)>> Outputs()
    {
        var outputs = new List<(string, string)>();
        foreach (var host in hosts)
        {
            using var log = new StreamReader(new FileStream(host.LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            outputs.Add(($"the log of {host.Name}", await log.ReadToEndAsync().ConfigureAwait(false)));
            foreach (var path in (string[])["metrics", "health/ready", "openapi/v1.json", "api/v1/parked", "api/v1/notifications", "api/v1/batches/1", "api/v1/batches/1/events"])
            {
                // Whatever its status: a refusal can hold a secret as well.
                using var answer = await host.Http.GetAsync(path).ConfigureAwait(false);
                outputs.Add(($"{host.Name}/{path}", await answer.Content.ReadAsStringAsync().ConfigureAwait(false)));
            }
        }

        return outputs;
    }

    private string App(int batch, int app) => $"app-{batch:000}-{app}";

    private HostProcess Any()
    {
        lock (dice) return hosts[dice.Next(hosts.Count)];
    }

    private CdApi Api() => new(Any().Http, "chaos");

    private bool Chance(double odds)
    {
        lock (dice) return dice.NextDouble() < odds;
    }

    private TimeSpan Span()
    {
        lock (dice) return Shortest + (Longest - Shortest) * dice.NextDouble();
    }
}
