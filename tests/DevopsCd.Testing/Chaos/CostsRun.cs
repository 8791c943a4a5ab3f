using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DevopsCd.Testing.Fakes;
using DevopsCd.Testing.Hosting;
using RabbitMQ.Client;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// What one build, one batch, one watcher, one page and one more host cost host, PostgreSQL and RabbitMQ. The servers are the run's own, so that what they
/// use is for it alone, and counters rather than clocks are read: a busy machine changes them little.
/// </summary>
public sealed class CostsRun : IAsyncDisposable
{
    private const int AppsPerBatch = 3, AtOnce = 16, WarmUps = 200, Pages = 200;
    private const double HeldTo = 0.25;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500), s_sample = TimeSpan.FromSeconds(1), s_patience = TimeSpan.FromMinutes(10), s_settled = TimeSpan.FromSeconds(5);

    private readonly PostgresServer _server;
    private readonly PostgresDatabase _database;
    private readonly CostProbe _probe;
    private readonly RabbitServer _broker;
    private readonly FakeDeployService _deployService;
    private readonly HostSettings _settings;
    private readonly List<HostProcess> _hosts = [];
    private readonly List<HttpClient> _clients = [];
    private readonly TimeSpan _idle;
    private readonly int _applications;
    private readonly Action<string> _say;
    private readonly List<Cost> _costs = [];
    private readonly Dictionary<string, long> _megabytes = [];
    private int _build = 1, _batch;

    private CostsRun(PostgresServer server, PostgresDatabase database, RabbitServer broker, FakeDeployService deployService, int applications, TimeSpan idle,
        Action<string> say)
    {
        (_server, _database, _broker, _deployService, _applications, _idle, _say) = (server, database, broker, deployService, applications, idle, say);
        _probe = new CostProbe(database);
        deployService.Default = _ => DeployOutcome.Success(TimeSpan.FromSeconds(2)).Reported();
        deployService.ReportTo = () => _hosts[0].BaseUrl;
        _settings = HostSettings.On(database.ConnectionString, broker.Uri).DeployingWith(deployService).With("core__notification__provider", "log");
    }

    /// <param name="batches">Carried to their end, at one a second.</param>
    /// <param name="builds">Of each kind, at 50 a second.</param>
    /// <param name="watchers">Streams of changes.</param>
    /// <param name="idle">How long nothing happens, where that is measured.</param>
    /// <param name="say">Told of what happens.</param>
    public static async Task<CostsReport> RunAsync(int batches, int builds, int watchers, TimeSpan idle, Action<string> say)
    {
        await using var server = await PostgresServer.StartAsync("shared_preload_libraries=pg_stat_statements", "pg_stat_statements.max=10000", "max_connections=200")
            .ConfigureAwait(false);
        await using var database = await PostgresDatabase.CreateAsync(server: server).ConfigureAwait(false);
        await database.ExecuteAsync("create extension pg_stat_statements").ConfigureAwait(false);
        await using var broker = await RabbitServer.StartAsync().ConfigureAwait(false);
        await using var deployService = await FakeDeployService.StartAsync().ConfigureAwait(false);
        await using var run = new CostsRun(server, database, broker, deployService, batches * AppsPerBatch, idle, say);
        return await run.Go(batches, builds, watchers).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        foreach (var host in _hosts) await host.DisposeAsync().ConfigureAwait(false);
        await _probe.DisposeAsync().ConfigureAwait(false);
    }

    private CdApi Api(int number) => new(_clients[number % _clients.Count], "costs");

    private async Task<CostsReport> Go(int batches, int builds, int watchers)
    {
        await AddHost().ConfigureAwait(false);
        _say($"registering {_applications} applications");
        var patient = CdApi.Patient(_clients[0], "costs");
        for (var i = 0; i < _applications; i++) await patient.Register(Name(i), "pre", "prod").ConfigureAwait(false);
        // The runtime compiles what is used much.
        await Build(WarmUps, BuildByHttp).ConfigureAwait(false);
        await Carry(batches).ConfigureAwait(false);
        for (var i = 0; i < WarmUps; i++) await Page().ConfigureAwait(false);

        var idle = await Measure("second at rest, one host", (int)_idle.TotalSeconds, () => Pause.For(_idle), null).ConfigureAwait(false);
        _megabytes["one host, warmed up"] = _hosts[0].ResidentBytes >> 20;
        await Measure("build by HTTP", builds, () => Build(builds, BuildByHttp), idle).ConfigureAwait(false);
        await Measure("build by message", builds, () => BuildByMessages(builds), idle).ConfigureAwait(false);
        await Measure($"batch of {AppsPerBatch} to its end", batches, () => Carry(batches), idle).ConfigureAwait(false);
        var told = await Watch(watchers, batches, idle).ConfigureAwait(false);
        await Read(idle).ConfigureAwait(false);
        await KeepOpen(batches, builds, idle).ConfigureAwait(false);

        await AddHost().ConfigureAwait(false);
        // Half of them warm up the second one.
        await Build(WarmUps * 4, BuildByHttp).ConfigureAwait(false);
        await Measure("second at rest, two hosts", (int)_idle.TotalSeconds, () => Pause.For(_idle), null).ConfigureAwait(false);
        return new()
        {
            Costs = _costs,
            Megabytes = _megabytes,
            ChangesPerWatcher = Math.Round((double)told / watchers, 1),
            HeldToCores = HeldTo,
            BuildsPerSecond = ProcessorShare.IsThere ? await Compare().ConfigureAwait(false) : new Dictionary<int, double>(),
            Violations = [.. await new InvariantChecker(_database, _deployService).CheckAsync().ConfigureAwait(false)],
        };
    }

    private async Task AddHost()
    {
        _hosts.Add(await HostProcess.StartNewAsync($"costs-{_hosts.Count + 1}", _settings).ConfigureAwait(false));
        _clients.Add(CdApi.Client(_hosts[^1].BaseUrl));
    }

    private async Task<Cost> Measure(string what, int units, Func<Task> work, Cost? idle)
    {
        // What is still under way of the work before is not of this.
        await Pause.For(s_settled).ConfigureAwait(false);
        using var done = new CancellationTokenSource();
        var connections = MostConnections(done.Token);
        var before = await CostCounters.ReadAsync(_hosts, _server, _broker, _probe).ConfigureAwait(false);
        await work().ConfigureAwait(false);
        await Eventually.IsTrue(async () => await _probe.ScalarAsync<long>("select count(*) from outbox_message").ConfigureAwait(false) == 0,
            "the outbox is empty", s_patience).ConfigureAwait(false);
        var after = await CostCounters.ReadAsync(_hosts, _server, _broker, _probe).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        var cost = after.Since(before).Each(what, units, idle, await connections.ConfigureAwait(false));
        _costs.Add(cost);
        _say(JsonSerializer.Serialize(cost, JsonSerializerOptions.Web));
        return cost;
    }

    private async Task<int> MostConnections(CancellationToken over)
    {
        var most = 0L;
        while (!over.IsCancellationRequested)
        {
            most = Math.Max(most, await _probe.ScalarAsync<long>(
                "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'devopscd'").ConfigureAwait(false));
            await Pause.For(s_sample, CancellationToken.None).ConfigureAwait(false);
        }

        return (int)most;
    }

    private static Task Build(int count, Func<int, Task> one) => Pace.EvenAsync(TimeSpan.FromMilliseconds(20), count, one);

    private async Task BuildByHttp(int number)
    {
        var build = Interlocked.Increment(ref _build);
        // Without a key, as CI systems send it: a build that comes again changes nothing.
        var answer = await Api(number).AddBuild(Name(number), build).ConfigureAwait(false);
        for (; answer.IsUnavailable; answer = await Api(number).AddBuild(Name(number), build).ConfigureAwait(false)) await Pause.For(s_look).ConfigureAwait(false);
        answer.Expect();
    }

    private Task BuildByMessage(IChannel channel, int number)
    {
        var build = Interlocked.Increment(ref _build);
        return channel.PublishBuildAsync(Name(number), build, $"costs-{build}");
    }

    /// <summary>Sent and taken.</summary>
    private async Task BuildByMessages(int builds)
    {
        await using var connection = await new ConnectionFactory { Uri = _broker.Uri }.CreateConnectionAsync().ConfigureAwait(false);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)).ConfigureAwait(false);
        await Build(builds, number => BuildByMessage(channel, number)).ConfigureAwait(false);
        await Eventually.IsTrue(async () => await _probe.ScalarAsync<long>("select count(*) from builds where build_number = $1",
            _build.ToString(CultureInfo.InvariantCulture)).ConfigureAwait(false) > 0, "the last build is taken", s_patience).ConfigureAwait(false);
    }

    /// <summary>Who decides sees the batches by the database: looking over HTTP is measured by itself.</summary>
    private async Task Carry(int batches)
    {
        var (states, done) = (new ConcurrentDictionary<long, short>(), new CancellationTokenSource());
        var looking = Look(batches, states, done.Token);
        await Pace.EvenAsync(TimeSpan.FromSeconds(1), batches, async set =>
        {
            var id = (await Create(set).ConfigureAwait(false)).Id;
            for (var (state, decided) = ((short)0, (short)-1); state != 40; state = states.GetValueOrDefault(id))
            {
                if (state != decided && Decisions.In(state) is { } decision)
                {
                    (await Api(set).Raise(id, decision).ConfigureAwait(false)).Expect();
                    decided = state;
                }

                await Pause.For(s_look, CancellationToken.None).ConfigureAwait(false);
            }
        }).WaitAsync(s_patience).ConfigureAwait(false);
        await done.CancelAsync().ConfigureAwait(false);
        await looking.ConfigureAwait(false);
        done.Dispose();
    }

    private async Task<CdAnswer> Create(int set) => (await Api(set).CreateBatch("Costs", $"K-{Interlocked.Increment(ref _batch)}",
        Enumerable.Range(set * AppsPerBatch, AppsPerBatch).Select(Name)).ConfigureAwait(false)).Expect();

    private async Task Look(int batches, ConcurrentDictionary<long, short> states, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            foreach (var (id, state) in await _probe.QueryAsync("select id, status from batches order by id desc limit $1",
                row => (row.GetInt64(0), row.GetInt16(1)), batches).ConfigureAwait(false)) states[id] = state;
            await Pause.For(s_look, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The same batches, with others who are told of every change.</summary>
    private async Task<long> Watch(int watchers, int batches, Cost idle)
    {
        using var over = new CancellationTokenSource();
        var (connected, told) = (0, 0L);
        var watching = Enumerable.Range(0, watchers).Select(async _ =>
        {
            await using var stream = new StreamClient();
            await stream.ConnectAsync(_clients[0]).ConfigureAwait(false);
            Interlocked.Increment(ref connected);
            try
            {
                while (await stream.NextAsync(over.Token).ConfigureAwait(false) is not null) Interlocked.Increment(ref told);
            }
            catch (OperationCanceledException)
            {
                // Seen enough.
            }
        }).ToList();
        await Eventually.IsTrue(() => connected == watchers, "all watch").ConfigureAwait(false);
        _megabytes[$"with {watchers} watchers"] = _hosts[0].ResidentBytes >> 20;
        await Measure($"second at rest, {watchers} watchers", (int)_idle.TotalSeconds, () => Pause.For(_idle), null).ConfigureAwait(false);
        await Measure($"batch of {AppsPerBatch} to its end, {watchers} watchers", batches, () => Carry(batches), idle).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(watching).ConfigureAwait(false);
        return told;
    }

    private async Task Read(Cost idle)
    {
        await Measure("GET /batches/{id}", Pages, () => Times(Pages, () => Api(0).Batch(1)), idle).ConfigureAwait(false);
        await Measure("GET /batches", Pages, () => Times(Pages, () => Api(0).Send(HttpMethod.Get, "batches?limit=50")), idle).ConfigureAwait(false);
        await Measure("page of a batch", Pages, () => Times(Pages, Page), idle).ConfigureAwait(false);
    }

    /// <summary>Batches that wait for people: what each costs by being there, and what a build costs that goes into one.</summary>
    private async Task KeepOpen(int batches, int builds, Cost idle)
    {
        var ids = new List<long>();
        for (var set = 0; set < batches; set++) ids.Add((await Create(set).ConfigureAwait(false)).Id);
        var open = await Measure($"second at rest, {batches} open batches", (int)_idle.TotalSeconds, () => Pause.For(_idle), null).ConfigureAwait(false);
        await Measure("build by HTTP into an open batch", builds, () => Build(builds, BuildByHttp), open).ConfigureAwait(false);
        foreach (var id in ids) (await Api(0).Raise(id, "cancel", "measured").ConfigureAwait(false)).Expect();
    }

    private async Task<IReadOnlyDictionary<int, double>> Compare()
    {
        using var share = new ProcessorShare();
        foreach (var host in _hosts) share.Hold(host.Id, HeldTo);
        var (taken, all) = (new Dictionary<int, double>(), _clients.ToList());
        foreach (var hosts in Enumerable.Range(1, all.Count))
        {
            _clients.Clear();
            _clients.AddRange(all.Take(hosts));
            var (began, count) = (Stopwatch.GetTimestamp(), 0);
            await Task.WhenAll(Enumerable.Range(0, AtOnce * hosts).Select(async worker =>
            {
                for (; Stopwatch.GetElapsedTime(began) < _idle / 2; Interlocked.Increment(ref count)) await BuildByHttp(worker).ConfigureAwait(false);
            })).ConfigureAwait(false);
            taken[hosts] = Math.Round(count / Stopwatch.GetElapsedTime(began).TotalSeconds, 1);
            _say($"{hosts} host(s) held to {HeldTo} cores each: {taken[hosts]} builds a second");
        }

        _clients.AddRange(all.Skip(_clients.Count));
        return taken;
    }

    private async Task Page()
    {
        using var answer = await _clients[0].GetAsync("batches/1").ConfigureAwait(false);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
    }

    private static async Task Times(int times, Func<Task> once)
    {
        for (var i = 0; i < times; i++) await once().ConfigureAwait(false);
    }

    private string Name(int number) => $"costs-{number % _applications:0000}";
}
