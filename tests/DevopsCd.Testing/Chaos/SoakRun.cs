using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DevopsCd.Testing.Hosting;
using RabbitMQ.Client;

namespace DevopsCd.Testing.Chaos;

/// <summary>
/// A host on PostgreSQL and RabbitMQ under an even load for long: batches begin and are carried to their end, builds come in, others watch. What grows
/// while the load does not, will end some day.
/// </summary>
public sealed class SoakRun : IAsyncDisposable
{
    private const int ApplicationsOfBatch = 3;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    private readonly SoakLoad _load;
    private readonly PostgresDatabase _database;
    private readonly RabbitVirtualHost _broker;
    private readonly HostProcess _host;
    /// <summary>Without the look at every answer that tests take: it would be most of the load, and ends no stream.</summary>
    private readonly HttpClient _http;
    private readonly CdApi _api;
    /// <summary>Asks again what was not taken for want of a place, as people do: a batch that is left in the middle would take builds for the rest of the run.</summary>
    private readonly CdApi _people;
    private readonly ConcurrentQueue<TimeSpan> _commands = [], _builds = [];
    private readonly ConcurrentDictionary<string, int> _refused = [];
    private int _taken, _ended, _number = 1, _batches;
    private long _streamed;

    private SoakRun(SoakLoad load, PostgresDatabase database, RabbitVirtualHost broker, HostProcess host)
    {
        (_load, _database, _broker, _host) = (load, database, broker, host);
        _http = CdApi.Client(host.BaseUrl);
        (_api, _people) = (new CdApi(_http, "soak"), CdApi.Patient(_http, "soak"));
    }

    /// <param name="load">The load.</param>
    /// <param name="openPages">Opens pages of the service at an address, which stay open until what it returns is disposed; null opens none.</param>
    /// <param name="say">Is told how it goes, minute by minute.</param>
    public static async Task<SoakReport> RunAsync(SoakLoad load, Func<Uri, int, Task<IAsyncDisposable>>? openPages, Action<string> say)
    {
        var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        var settings = HostSettings.On(database, broker).With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", "2s")
            .With("core__notification__provider", "log");
        await using var run = new SoakRun(load, database, broker, await HostProcess.StartNewAsync("soak", settings).ConfigureAwait(false));
        say($"registering {load.Applications} applications");
        await Parallel.ForEachAsync(Enumerable.Range(0, load.Applications), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (number, _) => await run._api.Register(Name(number), "pre", "prod").ConfigureAwait(false)).ConfigureAwait(false);
        return await run.UnderLoadAsync(openPages, say).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync().ConfigureAwait(false);
        await _broker.DisposeAsync().ConfigureAwait(false);
        await _database.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<SoakReport> UnderLoadAsync(Func<Uri, int, Task<IAsyncDisposable>>? openPages, Action<string> say)
    {
        using var over = new CancellationTokenSource();
        using var watched = new CancellationTokenSource();
        var watchers = Enumerable.Range(0, _load.Watchers).Select(_ => WatchAsync(watched.Token)).ToList();
        var pages = openPages is null || _load.Pages == 0 ? null : await openPages(_host.BaseUrl, _load.Pages).ConfigureAwait(false);
        var minutes = new List<SoakMinute>();
        double rest;
        try
        {
            Task[] load = [BatchesAsync(over.Token), BuildsAsync(over.Token)];
            var started = Stopwatch.GetTimestamp();
            for (var (next, processor) = (s_minute, _host.ProcessorTime); next <= _load.Length; next += s_minute)
            {
                await Task.WhenAny(Pause.For(next - Stopwatch.GetElapsedTime(started)), Task.WhenAll(load)).ConfigureAwait(false);
                if (load.FirstOrDefault(part => part.IsFaulted) is { } failed)
                    await failed.ConfigureAwait(false);
                var used = _host.ProcessorTime;
                minutes.Add(await MinuteAsync((int)next.TotalMinutes, used - processor).ConfigureAwait(false));
                processor = used;
                say(JsonSerializer.Serialize(minutes[^1], JsonSerializerOptions.Web));
            }
            await over.CancelAsync().ConfigureAwait(false);
            var stopped = Stopwatch.GetTimestamp();
            await Task.WhenAll(load).ConfigureAwait(false);
            await Eventually.IsTrue(async () => (await WaitingAsync().ConfigureAwait(false)) is (0, 0), "nothing waits in outbox and queues", s_patience)
                .ConfigureAwait(false);
            rest = Math.Round(Stopwatch.GetElapsedTime(stopped).TotalSeconds, 1);
        }
        finally
        {
            await watched.CancelAsync().ConfigureAwait(false);
            if (pages is not null)
                await pages.DisposeAsync().ConfigureAwait(false);
        }
        await Task.WhenAll(watchers).ConfigureAwait(false);
        var checker = new InvariantChecker(_database, null, _broker);
        return new SoakReport
        {
            Load = _load,
            Minutes = minutes,
            Refused = _refused.ToDictionary(),
            SecondsToRest = rest,
            Violations = [.. await checker.CheckAsync().ConfigureAwait(false), .. await checker.CheckAtRestAsync().ConfigureAwait(false)]
        };
    }

    private async Task<SoakMinute> MinuteAsync(int minute, TimeSpan processor)
    {
        var (outbox, queued) = await WaitingAsync().ConfigureAwait(false);
        return new SoakMinute
        {
            Minute = minute,
            HostMegabytes = _host.ResidentBytes >> 20,
            HostCores = Math.Round(processor / s_minute, 2),
            Commands = Taken(_commands),
            Builds = Taken(_builds),
            BuildsTaken = Interlocked.Exchange(ref _taken, 0),
            BatchesEnded = Volatile.Read(ref _ended),
            Streamed = Interlocked.Exchange(ref _streamed, 0),
            Outbox = outbox,
            Queued = queued,
            DatabaseMegabytes = await _database.ScalarAsync<long>("select pg_database_size(current_database())").ConfigureAwait(false) >> 20
        };
    }

    private async Task<(long Outbox, long Queued)> WaitingAsync() => (
        await _database.ScalarAsync<long>("select count(*) from outbox_message").ConfigureAwait(false),
        (await _broker.QueuesAsync().ConfigureAwait(false)).Sum(queue => queue.Ready + queue.Unacked));

    private static Latencies Taken(ConcurrentQueue<TimeSpan> measured)
    {
        var taken = new List<TimeSpan>();
        while (measured.TryDequeue(out var time))
            taken.Add(time);
        return taken.Count == 0 ? new Latencies(0, 0, 0, 0, 0) : Latencies.Of(taken);
    }

    /// <summary>A batch begins whenever its time comes, and whatever has begun is carried to its end.</summary>
    private async Task BatchesAsync(CancellationToken over)
    {
        var free = new ConcurrentQueue<int>(Enumerable.Range(0, _load.Applications / ApplicationsOfBatch));
        var running = new List<Task>();
        await Pace.EvenAsync(s_minute / _load.BatchesPerMinute, () =>
        {
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            // All are in batches: the load is more than the host carries, and the report says so.
            if (free.TryDequeue(out var set))
                running.Add(WholeBatchAsync(set, free));
            else
                _refused.AddOrUpdate("no applications were free for another batch", 1, (_, count) => count + 1);
            return Task.CompletedTask;
        }, over).ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task WholeBatchAsync(int set, ConcurrentQueue<int> free)
    {
        try
        {
            await BatchAsync(set).ConfigureAwait(false);
            Interlocked.Increment(ref _ended);
            free.Enqueue(set);
        }
        catch (Exception stuck) when (stuck is InvalidOperationException or HopelessException)
        {
            // Its applications stay in it, and the report has it.
            _refused.AddOrUpdate(stuck.Message, 1, (_, count) => count + 1);
        }
    }

    private async Task BatchAsync(int set)
    {
        var names = Enumerable.Range(set * ApplicationsOfBatch, ApplicationsOfBatch).Select(Name).ToList();
        var number = Interlocked.Increment(ref _batches).ToString(CultureInfo.InvariantCulture);
        var id = (await CommandAsync(() => _people.CreateBatch("Soak", $"S-{number}", names)).ConfigureAwait(false)).Expect().Id;
        var started = Stopwatch.GetTimestamp();
        for (var state = 0; state != 40;)
        {
            state = (await _people.Batch(id).ConfigureAwait(false)).Expect().State;
            if (Decisions.In(state) is { } decision)
                await CommandAsync(() => _people.Raise(id, decision)).ConfigureAwait(false);
            else if (state != 40)
                await Pause.For(s_look).ConfigureAwait(false);
            if (Stopwatch.GetElapsedTime(started) > s_patience)
                throw new HopelessException($"batch S-{number} is in {state} after {s_patience}");
        }
    }

    private async Task<CdAnswer> CommandAsync(Func<Task<CdAnswer>> command)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await command().ConfigureAwait(false);
        _commands.Enqueue(Stopwatch.GetElapsedTime(started));
        Count(answer);
        return answer;
    }

    private async Task BuildsAsync(CancellationToken over)
    {
        await using var channel = await _broker.ChannelAsync(confirms: true).ConfigureAwait(false);
        var running = new List<Task>();
        await Pace.EvenAsync(TimeSpan.FromSeconds(1d / _load.BuildsPerSecond), () =>
        {
            running.RemoveAll(task => task.IsCompletedSuccessfully);
            var number = ++_number;
            running.Add(number % 2 == 0 ? BuildByHttpAsync(number) : BuildByMessageAsync(channel, number));
            return Task.CompletedTask;
        }, over).ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task BuildByHttpAsync(int number)
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await _api.AddBuild(Name(number % _load.Applications), number).ConfigureAwait(false);
        _builds.Enqueue(Stopwatch.GetElapsedTime(started));
        Count(answer);
        if (answer.IsSuccess)
            Interlocked.Increment(ref _taken);
    }

    private async Task BuildByMessageAsync(IChannel channel, int number)
    {
        await channel.PublishBuildAsync(Name(number % _load.Applications), number, $"soak-{number}").ConfigureAwait(false);
        Interlocked.Increment(ref _taken);
    }

    private async Task WatchAsync(CancellationToken over)
    {
        await using var stream = new StreamClient();
        while (!over.IsCancellationRequested)
            try
            {
                await stream.ConnectAsync(_http).ConfigureAwait(false);
                while (await stream.NextAsync(over).ConfigureAwait(false) is not null)
                    Interlocked.Increment(ref _streamed);
            }
            catch (Exception cut) when (cut is IOException or HttpRequestException or TimeoutException or OperationCanceledException)
            {
                if (over.IsCancellationRequested)
                    return;
                _refused.AddOrUpdate("a stream was cut", 1, (_, count) => count + 1);
                await Pause.For(s_look, CancellationToken.None).ConfigureAwait(false);
            }
    }

    private void Count(CdAnswer answer)
    {
        if (!answer.IsSuccess)
            _refused.AddOrUpdate(answer.Status is { } status ? $"{(int)status}" : "no answer", 1, (_, count) => count + 1);
    }

    private static string Name(int number) => $"soak-{number:000}";
}
