using System.Diagnostics;
using System.Text.Json;
using DevopsCd.Bench;
using DevopsCd.Testing.Hosting;
using Npgsql;
using RabbitMQ.Client;

namespace DevopsCd.Testing.Chaos;

/// <summary>Measures how fast an idle host on RabbitMQ and PostgreSQL reacts, one thing at a time, at an even pace.</summary>
public sealed class LatencyRun
{
    private const int WarmUp = 30;
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(20), s_settled = TimeSpan.FromMilliseconds(100);

    private readonly CdApi _api;
    private readonly CommitWatch _watch;
    private readonly IChannel _channel;
    private readonly CountingRelay? _relay;
    private int _builds = 1;

    private LatencyRun(CdApi api, CommitWatch watch, IChannel channel, CountingRelay? relay)
    {
        this._api = api;
        this._watch = watch;
        this._channel = channel;
        this._relay = relay;
    }

    /// <param name="samples">Of each kind.</param>
    /// <param name="counting">Counts what goes over the wire to PostgreSQL; the relay that does it takes time of its own.</param>
    /// <param name="say">Is told how far it is.</param>
    public static async Task<LatencyReport> RunAsync(int samples, bool counting, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        var address = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var relay = counting ? new CountingRelay(address.Host!, address.Port) : null;
        if (relay is not null) (address.Host, address.Port, address.SslMode) = ("127.0.0.1", relay.Port, SslMode.Disable);
        var settings = HostSettings.On(address.ConnectionString, broker.Uri)
            .With("core__deploy__driver", "simulated").With("core__notification__provider", "log");
        await using var host = await HostProcess.StartNewAsync("latency", settings).ConfigureAwait(false);
        await using var watch = await CommitWatch.OnAsync(database).ConfigureAwait(false);
        await using var channel = await broker.ChannelAsync(confirms: true).ConfigureAwait(false);
        // Not the tests' client, which holds every answer against the contract while the clock runs.
        using var http = CdApi.Client(host.BaseUrl);
        var run = new LatencyRun(new CdApi(http, "chaos"), watch, channel, relay);

        say("preparing");
        await run._api.Register("watched").ConfigureAwait(false);
        (await run._api.CreateBatch("Watched", "W-1", ["watched"]).ConfigureAwait(false)).Expect();

        say($"{samples} events by HTTP");
        var byHttp = await run.Measure(samples, "h", run.ApproveByHttp).ConfigureAwait(false);
        say($"{samples} commands by message");
        var byMessage = await run.Measure(samples, "m", run.ApproveByMessage).ConfigureAwait(false);
        say($"{samples} builds by HTTP");
        var httpBuilds = await run.Repeat(samples, _ => run.BuildByHttp()).ConfigureAwait(false);
        say($"{samples} builds by message");
        var messageBuilds = await run.Repeat(samples, _ => run.BuildByMessage()).ConfigureAwait(false);

        return new()
        {
            HttpToAnswer = Latencies.Of(byHttp.Select(times => times.Answered)),
            HttpToCommit = Latencies.Of(byHttp.Select(times => times.Committed)),
            HttpCost = Least(byHttp),
            MessageCost = Least(byMessage),
            MessageToCommit = Latencies.Of(byMessage.Select(times => times.Committed)),
            HttpBuildToRelease = Latencies.Of(httpBuilds),
            MessageBuildToRelease = Latencies.Of(messageBuilds),
        };
    }

    private static RequestCost Least(IReadOnlyList<Approval> measured) =>
        new(measured.Min(m => m.RoundTrips), measured.Min(m => m.Statements));

    private async Task<IReadOnlyList<Approval>> Measure(int samples, string prefix, Func<string, CdAnswer, Task<Approval>> approve)
    {
        var batches = new List<(string Number, CdAnswer View)>();
        for (var i = 0; i < samples + WarmUp; i++)
        {
            var app = $"{prefix}-app-{i}";
            await _api.Register(app).ConfigureAwait(false);
            var created = (await _api.CreateBatch("Measured", $"{prefix}-{i}", [app]).ConfigureAwait(false)).Expect();
            batches.Add(($"{prefix}-{i}", (await _api.Batch(created.Id).ConfigureAwait(false)).Expect()));
        }

        return await Repeat(samples, i => approve(batches[i].Number, batches[i].View)).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<T>> Repeat<T>(int samples, Func<int, Task<T>> once)
    {
        var measured = new List<T>();
        for (var i = 0; i < samples + WarmUp; i++)
        {
            var result = await once(i).ConfigureAwait(false);
            if (i >= WarmUp) measured.Add(result);
            await Pause.For(s_between).ConfigureAwait(false);
            if (_relay is not null) await Settled().ConfigureAwait(false);
        }

        return measured;
    }

    private async Task<Approval> ApproveByHttp(string number, CdAnswer batch)
    {
        var committed = _watch.Batch(number, 5);
        var (roundTrips, statements) = Counted();
        var started = Stopwatch.GetTimestamp();
        (await _api.Raise(batch.Id, "approve").ConfigureAwait(false)).Expect();
        var answered = Stopwatch.GetElapsedTime(started);
        var after = Counted();
        return new(answered, Stopwatch.GetElapsedTime(started, await committed.ConfigureAwait(false)),
            after.RoundTrips - roundTrips, after.Statements - statements);
    }

    private async Task<Approval> ApproveByMessage(string number, CdAnswer batch)
    {
        var committed = _watch.Batch(number, 5);
        var (roundTrips, statements) = Counted();
        var time = await Publish("ApproveBatch", new { batchId = batch.Body.GetProperty("batchId").GetGuid(), @operator = "chaos" }, committed)
            .ConfigureAwait(false);
        var after = Counted();
        return new(time, time, after.RoundTrips - roundTrips, after.Statements - statements);
    }

    /// <summary>Until what follows an event is over: it would be counted with the next.</summary>
    private async Task Settled()
    {
        for (var before = -1L; before != _relay!.RoundTrips;)
        {
            before = _relay.RoundTrips;
            await Pause.For(s_settled).ConfigureAwait(false);
        }
    }

    private (long RoundTrips, long Statements) Counted() => (_relay?.RoundTrips ?? 0, _relay?.Statements ?? 0);

    private async Task<TimeSpan> BuildByHttp()
    {
        var number = ++_builds;
        var committed = _watch.Release("registry.example/watched", $"1.0.{number}");
        var started = Stopwatch.GetTimestamp();
        (await _api.AddBuild("watched", number).ConfigureAwait(false)).Expect();
        return Stopwatch.GetElapsedTime(started, await committed.ConfigureAwait(false));
    }

    private Task<TimeSpan> BuildByMessage()
    {
        var number = ++_builds;
        return Publish("BuildCompleted", CdApi.Build("watched", number), _watch.Release("registry.example/watched", $"1.0.{number}"));
    }

    private async Task<TimeSpan> Publish(string contract, object body, Task<long> committed)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
        var properties = new BasicProperties { ContentType = "application/json", MessageId = Guid.NewGuid().ToString(), Persistent = true };
        var started = Stopwatch.GetTimestamp();
        await _channel.BasicPublishAsync($"DevopsCd.Contracts:{contract}", "", true, properties, bytes).ConfigureAwait(false);
        return Stopwatch.GetElapsedTime(started, await committed.ConfigureAwait(false));
    }

    private sealed record Approval(TimeSpan Answered, TimeSpan Committed, long RoundTrips, long Statements);
}
