using System.Diagnostics;
using System.Text.Json;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// The connections to the broker go silent while batches are under way, and stay so for ever; after a while new ones would be carried.
/// People give orders all the while.
/// </summary>
public sealed class StalledBrokerRun
{
    private readonly CdApi _api;
    private readonly CdApi _patient;
    private readonly PostgresDatabase _database;
    private readonly Action<string> _say;
    private readonly Stopwatch _sinceSilence = new();

    private StalledBrokerRun(CdApi api, CdApi patient, PostgresDatabase database, Action<string> say)
    {
        this._api = api;
        this._patient = patient;
        this._database = database;
        this._say = say;
    }

    public static async Task<StalledBrokerReport> RunAsync(int batches, TimeSpan silence, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        await using var relay = TcpRelay.To(broker);
        var settings = HostSettings.On(database.ConnectionString, broker.Through(relay))
            .With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", "1s")
            .With("core__notification__provider", "log");
        await using var host = await HostProcess.StartNewAsync("stalled-broker", settings).ConfigureAwait(false);
        var run = new StalledBrokerRun(new CdApi(host.Http, "chaos"), CdApi.Patient(host.Http, "chaos"), database, say);
        return await run.Run(host, broker, relay, batches, silence).ConfigureAwait(false);
    }

    private async Task<StalledBrokerReport> Run(HostProcess host, RabbitVirtualHost broker, TcpRelay relay, int batches, TimeSpan silence)
    {
        var open = new List<long>();
        for (var i = 0; i < batches; i++) open.Add(await Approved(i).ConfigureAwait(false));
        await Eventually.Sees(() => Ready(host), word => word == "ready", "the host is ready").ConfigureAwait(false);

        // Every second one has messages on their way when the line goes dead, the others send theirs into the silence.
        foreach (var batch in open.Where((_, index) => index % 2 == 0)) (await _api.Raise(batch, "confirm_tag").ConfigureAwait(false)).Expect();
        relay.Abandon();
        relay.Swallow();
        _sinceSilence.Start();
        _say($"{batches} batches; the broker is silent for {silence.TotalSeconds} s");
        var line = Restored(relay, silence);
        var degraded = Since(() => Ready(host), word => word == "degraded", "the readiness says degraded");
        var slowest = 0.0;
        foreach (var batch in open.Where((_, index) => index % 2 == 1))
        {
            var started = Stopwatch.GetTimestamp();
            (await _api.Raise(batch, "confirm_tag").ConfigureAwait(false)).Expect();
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        var moved = await PreDeployed(open).ConfigureAwait(false);
        var first = Since(() => PreDeployed(open), count => count > moved, "a batch moves on");
        var degradedAfter = await degraded.ConfigureAwait(false);
        _say($"degraded after {degradedAfter} s");
        await line.ConfigureAwait(false);
        var firstAfter = await first.ConfigureAwait(false);
        var allAfter = await Since(() => PreDeployed(open), count => count == open.Count, "every batch moves on").ConfigureAwait(false);
        _say($"first moved after {firstAfter} s, all after {allAfter} s");
        var readyAfter = await Since(() => Ready(host), word => word == "ready", "the readiness says ready").ConfigureAwait(false);

        return new()
        {
            SilentSeconds = silence.TotalSeconds,
            Batches = batches,
            SlowestCommandSeconds = Math.Round(slowest, 2),
            DegradedAfterSeconds = degradedAfter,
            FirstMovedAfterSeconds = firstAfter,
            AllMovedAfterSeconds = allAfter,
            ReadyAfterSeconds = readyAfter,
            ParkedInOutbox = await _database.ScalarAsync<long>("select count(*) from outbox_state where parked is not null").ConfigureAwait(false),
            ParkedInQueues = await _database.ScalarAsync<long>("select count(*) from parked_messages").ConfigureAwait(false),
            Violations = [.. await new InvariantChecker(_database, null, broker, concurrentApps: 5).CheckAsync().ConfigureAwait(false)],
        };
    }

    private async Task<long> Approved(int index)
    {
        var app = $"stalled-{index}";
        await _patient.Register(app, "pre").ConfigureAwait(false);
        var batch = (await _patient.CreateBatch("Stalled", $"S-{index}", [app]).ConfigureAwait(false)).Expect().Id;
        (await _patient.Raise(batch, "approve").ConfigureAwait(false)).Expect();
        return batch;
    }

    private async Task Restored(TcpRelay relay, TimeSpan silence)
    {
        await Pause.For(silence).ConfigureAwait(false);
        relay.Restore();
        _say("new connections are carried again");
    }

    private async Task<double> Since<T>(Func<Task<T>> look, Predicate<T> isThere, string what)
    {
        await Eventually.Sees(look, isThere, what, TimeSpan.FromMinutes(6)).ConfigureAwait(false);
        return Math.Round(_sinceSilence.Elapsed.TotalSeconds, 1);
    }

    private async Task<int> PreDeployed(IReadOnlyList<long> batches)
    {
        var views = await Task.WhenAll(batches.Select(_api.Batch)).ConfigureAwait(false);
        return views.Count(view => view is { IsSuccess: true, State: 22 });
    }

    private static async Task<string?> Ready(HostProcess host)
    {
        using var answer = await host.Http.GetAsync("health/ready").ConfigureAwait(false);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        return body.RootElement.GetProperty("status").GetString();
    }
}
