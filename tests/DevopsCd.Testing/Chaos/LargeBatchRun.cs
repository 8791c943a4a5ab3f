using System.Diagnostics;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>One batch of very many applications in levels of dependencies, with simulated deploys that take no time.</summary>
public static class LargeBatchRun
{
    public static async Task<LargeBatchReport> RunAsync(int applications, int levels, int concurrentApps, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        var settings = HostSettings.On(database, broker)
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
        var (tagged, sealSeconds) = await Timed(() => api.Raise(batch, "confirm_tag")).ConfigureAwait(false);
        tagged.Expect();
        await Reaches(api, batch, 22, failed: 11).ConfigureAwait(false);
        say("pre-deployed");
        (await api.Raise(batch, "start_prod_deploy").ConfigureAwait(false)).Expect();
        await Reaches(api, batch, 32, failed: 22).ConfigureAwait(false);
        say("prod-deployed");
        var (view, viewSeconds) = await Timed(() => api.Batch(batch)).ConfigureAwait(false);

        return new()
        {
            Applications = applications,
            Levels = levels,
            ConcurrentApps = concurrentApps,
            CreateSeconds = Math.Round(createSeconds, 2),
            SealSeconds = Math.Round(sealSeconds, 2),
            PreDeploySeconds = Between(view, "taggedAt", "preDeployFinishedAt"),
            ProdDeploySeconds = Between(view, "prodDeployStartedAt", "prodDeployFinishedAt"),
            MostInFlight = await MostInFlight(database).ConfigureAwait(false),
            ViewMilliseconds = Math.Round(viewSeconds * 1000, 1),
            Violations =
            [
                .. await new InvariantChecker(database, null, broker, concurrentApps).CheckAsync().ConfigureAwait(false),
                .. await new InvariantChecker(database, null, broker, concurrentApps).CheckAtRestAsync().ConfigureAwait(false),
            ],
        };
    }

    private static string Name(int index) => $"large-{index:000}";

    private static Task Reaches(CdApi api, long batch, int state, int failed) => Eventually.IsTrue(
        async () =>
        {
            var view = (await api.Batch(batch).ConfigureAwait(false)).Expect();
            var attempts = view.Body.GetProperty(failed == 11 ? "preAttempt" : "prodAttempt").GetInt32();
            return view.State == state
                || (view.State == failed && attempts > 0 ? throw new HopelessException($"{view.Body.GetProperty("lastFailure")}") : false);
        },
        $"the batch reaches {state}",
        TimeSpan.FromMinutes(10));

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
