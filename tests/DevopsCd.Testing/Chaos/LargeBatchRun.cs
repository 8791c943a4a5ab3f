using System.Diagnostics;
using DevopsCd.Bench;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.Testing.Chaos;

/// <summary>One batch of very many applications in levels of dependencies, with simulated deploys that take no time.</summary>
public static class LargeBatchRun
{
    private const int FirstViews = 50, Views = 200;

    /// <param name="applications">How many.</param>
    /// <param name="levels">Of dependencies.</param>
    /// <param name="concurrentApps">Operations at once.</param>
    /// <param name="counting">Counts what goes over the wire to PostgreSQL; the relay that does it takes time of its own.</param>
    /// <param name="say">Is told how far it is.</param>
    public static async Task<LargeBatchReport> RunAsync(int applications, int levels, int concurrentApps, bool counting, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var relay = counting ? new CountingRelay(address.Host!, address.Port) : null;
        // The relay reads what goes by.
        if (relay is not null) (address.Host, address.Port, address.SslMode) = ("127.0.0.1", relay.Port, SslMode.Disable);
        var settings = HostSettings.On(address.ConnectionString, broker.Uri)
            .With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", "0s")
            .With("core__deploy__concurrent_apps", $"{concurrentApps}")
            .With("core__notification__provider", "log");
        await using var host = await HostProcess.StartNewAsync("large", settings).ConfigureAwait(false);
        var api = new CdApi(host.Http, "chaos");

        say($"registering {applications} applications in {levels} levels");
        var perLevel = applications / levels;
        for (var i = 0; i < applications; i++)
        {
            // Each depends on one of the level before, so that the levels have to follow one another.
            string[] before = i < perLevel ? [] : [Name(i - perLevel)];
            (await api.AddApplication(Name(i), before).ConfigureAwait(false)).Expect();
            foreach (var stage in new[] { "pre", "prod" }) (await api.SetTarget(Name(i), stage).ConfigureAwait(false)).Expect();
            (await api.AddBuild(Name(i), 1).ConfigureAwait(false)).Expect();
        }

        var (created, createSeconds) = await Timed(() => api.CreateBatch("Large", "L-1", Enumerable.Range(0, applications).Select(Name))).ConfigureAwait(false);
        var batch = created.Expect().Id;
        (await api.Raise(batch, "approve").ConfigureAwait(false)).Expect();
        var begin = Meter(host, relay);
        var (tagged, sealSeconds) = await Timed(() => api.Raise(batch, "confirm_tag")).ConfigureAwait(false);
        tagged.Expect();
        await Reaches(database, 22, failed: 11).ConfigureAwait(false);
        var preDeployed = Meter(host, relay);
        say("pre-deployed");
        (await api.Raise(batch, "start_prod_deploy").ConfigureAwait(false)).Expect();
        await Reaches(database, 32, failed: 22).ConfigureAwait(false);
        var prodDeployed = Meter(host, relay);
        say("prod-deployed");
        var view = (await api.Batch(batch).ConfigureAwait(false)).Expect();
        // What is measured is the host: this client neither parses the answer nor holds it against the contract, as that of the tests does.
        using var reader = CdApi.Client(host.BaseUrl);
        var first = await View(reader, batch, FirstViews).ConfigureAwait(false);
        var (beforeViews, views, afterViews) = (Meter(host, relay), await View(reader, batch, Views).ConfigureAwait(false), Meter(host, relay));

        return new()
        {
            Applications = applications,
            Levels = levels,
            ConcurrentApps = concurrentApps,
            CreateSeconds = Math.Round(createSeconds, 2),
            SealSeconds = Math.Round(sealSeconds, 2),
            PreDeploySeconds = Between(view, "taggedAt", "preDeployFinishedAt"),
            ProdDeploySeconds = Between(view, "prodDeployStartedAt", "prodDeployFinishedAt"),
            PreDeployCost = Cost(begin, preDeployed, applications),
            ProdDeployCost = Cost(preDeployed, prodDeployed, applications),
            MostInFlight = await MostInFlight(database).ConfigureAwait(false),
            View = Latencies.Of(views),
            FirstViewMilliseconds = Math.Round(first[0].TotalMilliseconds, 1),
            ViewCost = Cost(beforeViews, afterViews, Views),
            Violations =
            [
                .. await new InvariantChecker(database, null, broker, concurrentApps).CheckAsync().ConfigureAwait(false),
                .. await new InvariantChecker(database, null, broker, concurrentApps).CheckAtRestAsync().ConfigureAwait(false),
            ],
        };
    }

    private static string Name(int index) => $"large-{index:000}";

    // Not by the API: what is measured is not to be disturbed by who looks.
    private static Task Reaches(PostgresDatabase database, short state, short failed) => Eventually.IsTrue(
        async () =>
        {
            var attempts = failed == 11 ? "pre_attempt" : "prod_attempt";
            var (status, attempt, failure) = (await database.QueryAsync($"select status, {attempts}, last_failure from batches",
                row => (row.GetInt16(0), row.GetInt32(1), row.IsDBNull(2) ? "" : row.GetString(2))).ConfigureAwait(false)).Single();
            return status == state || (status == failed && attempt > 0 && failure.Length > 0 ? throw new HopelessException(failure) : false);
        },
        $"the batch reaches {state}",
        TimeSpan.FromMinutes(10));

    private static (double Processor, long RoundTrips, long Statements, long Transactions) Meter(HostProcess host, CountingRelay? relay) =>
        (host.ProcessorTime.TotalMilliseconds, relay?.RoundTrips ?? 0, relay?.Statements ?? 0, relay?.Transactions ?? 0);

    private static StageCost Cost(
        (double Processor, long RoundTrips, long Statements, long Transactions) from,
            (double Processor, long RoundTrips, long Statements, long Transactions) to, int operations) =>
        new(Each(to.Processor - from.Processor, operations), Each(to.RoundTrips - from.RoundTrips, operations),
            Each(to.Statements - from.Statements, operations), Each(to.Transactions - from.Transactions, operations));

    private static double Each(double all, int operations) => Math.Round(all / operations, 2);

    private static async Task<IReadOnlyList<TimeSpan>> View(HttpClient reader, long batch, int times)
    {
        var taken = new List<TimeSpan>(times);
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await reader.GetByteArrayAsync($"api/v1/batches/{batch}").ConfigureAwait(false);
            taken.Add(Stopwatch.GetElapsedTime(started));
        }

        return taken;
    }

    private static async Task<(CdAnswer Answer, double Seconds)> Timed(Func<Task<CdAnswer>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await call().ConfigureAwait(false);
        return (answer, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private static double Between(CdAnswer view, string from, string to) =>
        Math.Round((view.Body.GetProperty(to).GetDateTimeOffset() - view.Body.GetProperty(from).GetDateTimeOffset()).TotalSeconds, 2);

    private static async Task<int> MostInFlight(PostgresDatabase database) => Overlap.Most(await database.QueryAsync(
        "select started_at, coalesce(finished_at, 'infinity') from deployments",
        row => (row.GetFieldValue<DateTime>(0), row.GetFieldValue<DateTime>(1))).ConfigureAwait(false));
}
