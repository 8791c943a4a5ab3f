using System.Diagnostics;
using System.Net;
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
    private HostProcess _host = null!;
    private CdApi _api = null!;
    private long _batch;

    public async ValueTask InitializeAsync()
    {
        (_database, _broker) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        (_toDatabase, _toBroker) = (TcpRelay.To(_database), TcpRelay.To(_broker));
        _host = await HostProcess.StartNewAsync("outage", HostSettings.On(_database.Through(_toDatabase), _broker.Through(_toBroker))
            .With("core__deploy__simulated_duration", "100ms").With("core__notification__provider", "log").With("core__scan_interval", "2s"));
        _api = new CdApi(_host.Http, "ann");
        foreach (var name in s_applications)
        {
            (await _api.AddApplication(name, [])).Expect();
            (await _api.SetTarget(name, "pre")).Expect();
            (await _api.AddBuild(name, 1)).Expect();
        }
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
        (silent ? _toBroker.Swallow : (Action)_toBroker.Cut)();

        foreach (var batchEvent in (string[])["approve", "confirm_tag"])
        {
            var (answer, seconds) = await Timed(() => _api.Raise(_batch, batchEvent));
            answer.Expect();
            seconds.ShouldBeLessThan(5);
        }

        _toBroker.Restore();
        await Eventually.Sees(() => _api.Batch(_batch), b => b.IsSuccess && b.State == 22, "the seal's message has left the outbox, and the rest followed", TimeSpan.FromSeconds(90));
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
        await Eventually.IsTrue(async () => (await _api.Raise(_batch, "approve")).IsSuccess || await _api.Batch(_batch) is { IsSuccess: true, State: 5 }, "people are served again", TimeSpan.FromSeconds(60));
        (await _api.Raise(_batch, "confirm_tag")).Expect();
        await Eventually.Sees(() => _api.Batch(_batch), b => b.IsSuccess && b.State == 22, "the batch moves on", TimeSpan.FromSeconds(90));
    }

    private static async Task<HttpResponseMessage> Post(HttpClient http, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : System.Net.Http.Json.JsonContent.Create(body) };
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
