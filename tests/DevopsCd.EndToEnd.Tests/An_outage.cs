using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests;

/// <summary>The broker or the database away, by refusing connections or by silence, while people ask.</summary>
public sealed class An_outage : IAsyncLifetime
{
    private static readonly string[] s_applications = ["api", "web"];

    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _broker = null!;
    private TcpRelay _toDatabase = null!;
    private TcpRelay _toBroker = null!;
    private HostSettings _settings = null!;
    private HostProcess _host = null!;
    private CdApi _api = null!;
    private long _batch;

    public async ValueTask InitializeAsync()
    {
        (_database, _broker) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        (_toDatabase, _toBroker) = (TcpRelay.To(_database), TcpRelay.To(_broker));
        _settings = HostSettings.On(_database.Through(_toDatabase), _broker.Through(_toBroker))
            .With("core__deploy__simulated_duration", "100ms").With("core__notification__provider", "log").With("core__scan_interval", "2s");
        _host = await HostProcess.StartNewAsync("outage", _settings);
        _api = CdApi.Patient(_host.Http, "ann");
        foreach (var name in s_applications)
            await _api.Register(name, "pre");
        _batch = (await _api.CreateBatch("Release 7", null, s_applications)).Expect().Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _toDatabase.DisposeAsync();
        await _toBroker.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_the_broker_keeps_nobody_waiting_and_loses_nothing(bool silent)
    {
        var asking = new CdApi(_host.Http, "ann");
        (silent ? _toBroker.Swallow : (Action)_toBroker.Cut)();

        foreach (var batchEvent in (string[])["approve", "confirm_tag"])
        {
            // A busy machine may need longer than a request may take: it is told so in time then, too.
            await Eventually.IsTrue(async () =>
            {
                var (answer, seconds) = await Timed(() => asking.Raise(_batch, batchEvent));
                seconds.ShouldBeLessThan(14);
                return answer.Status switch
                {
                    HttpStatusCode.ServiceUnavailable => false,
                    // Done by the try before, whose answer came too late.
                    HttpStatusCode.Conflict => await _api.Batch(_batch) is { State: not 0 },
                    _ => answer.Expect().IsSuccess
                };
            }, $"{batchEvent} is decided without the broker", TimeSpan.FromMinutes(2));
        }

        _toBroker.Restore();
        await Eventually.Sees(() => _api.Batch(_batch), b => b.IsSuccess && b.State == 22, "the seal's message has left the outbox, and the rest followed",
            TimeSpan.FromSeconds(90));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_the_database_is_answered_in_time_and_passes(bool silent)
    {
        (silent ? _toDatabase.Swallow : (Action)_toDatabase.Cut)();

        using var patient = new HttpClient { BaseAddress = _host.BaseUrl, Timeout = TimeSpan.FromMinutes(2) };
        foreach (var (name, ask) in new Dictionary<string, Func<Task<HttpResponseMessage>>>
        {
            ["approve"] = () => Post(patient, $"api/v1/batches/{_batch}/events/approve"),
            ["look"] = () => patient.GetAsync($"api/v1/batches/{_batch}"),
            ["build"] = () => Post(patient, "api/v1/builds", CdApi.Build("api", 2)),
        })
        {
            var started = Stopwatch.GetTimestamp();
            using var answer = await ask();
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(14), name);
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Headers.RetryAfter.ShouldNotBeNull();
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }

        _toDatabase.Restore();
        await Eventually.IsTrue(async () => (await new CdApi(_host.Http, "ann").Raise(_batch, "approve")).IsSuccess
            || await _api.Batch(_batch) is { IsSuccess: true, State: 5 }, "people are served again", TimeSpan.FromSeconds(60));
        (await _api.Raise(_batch, "confirm_tag")).Expect();
        await Eventually.Sees(() => _api.Batch(_batch), b => b.IsSuccess && b.State == 22, "the batch moves on", TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Of_the_broker_takes_no_host_out_of_service()
    {
        await Eventually.Sees(Ready, answer => answer == "200 ready broker=ok database=ok", "nothing is missing", TimeSpan.FromSeconds(60));

        _toBroker.Cut();
        var seen = new HashSet<string>();
        await Eventually.Sees(Ready, answer => seen.Add(answer) && answer == "200 degraded broker=degraded database=ok",
            "the body says that the broker is away", TimeSpan.FromSeconds(60));

        seen.ShouldAllBe(answer => !answer.Contains("broker=failed", StringComparison.Ordinal));
        (await _host.Http.GetStringAsync("metrics")).ShouldMatch(@"\ndevopscd_broker_connected\S* 0\s");
        (await _api.Raise(_batch, "approve")).Expect();
        await using var second = new HostProcess("second", _settings);
        second.Launch();
        await Eventually.Sees(() => Ready(second), answer => answer == "503 unready broker=failed database=ok",
            "a host that has not met its broker is not put into service", TimeSpan.FromMinutes(3));

        _toBroker.Restore();
        await Eventually.Sees(Ready, answer => answer == "200 ready broker=ok database=ok", "it is said that the broker is back", TimeSpan.FromSeconds(90));
        await second.UntilReadyAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Of_the_database_is_named_as_why_a_host_is_not_ready(bool silent)
    {
        (silent ? _toDatabase.Swallow : (Action)_toDatabase.Cut)();

        await Eventually.Sees(Ready, answer => answer == "503 unready broker=ok database=failed", "the body says that the database is away",
            TimeSpan.FromSeconds(60));

        _toDatabase.Restore();
        await Eventually.Sees(Ready, answer => answer == "200 ready broker=ok database=ok", "it is said that the database is back", TimeSpan.FromSeconds(60));
    }

    private Task<string> Ready() => Ready(_host);

    /// <summary>Status code, word and the servers' checks in one line.</summary>
    private static async Task<string> Ready(HostProcess host)
    {
        using var answer = await host.Http.GetAsync("health/ready");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        var checks = body.TryGetProperty("checks", out var all)
            ? all.EnumerateArray().Select(check => (Name: check.GetProperty("name").GetString(), Status: check.GetProperty("status").GetString()))
                .Where(check => check.Name is "broker" or "database").Select(check => $"{check.Name}={check.Status}")
            : [];
        return string.Join(' ', [$"{(int)answer.StatusCode}", $"{body.GetProperty("status")}", .. checks]);
    }

    private static async Task<HttpResponseMessage> Post(HttpClient http, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("X-Operator", "ann");
        return await http.SendAsync(request);
    }

    private static async Task<(CdAnswer Answer, double Seconds)> Timed(Func<Task<CdAnswer>> call)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await call();
        return (answer, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }
}
