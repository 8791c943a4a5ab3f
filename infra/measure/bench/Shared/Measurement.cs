using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Npgsql;

namespace DevopsCd.Bench;

/// <summary>The measuring itself, the same for everyone: full load first, then 50 events a second.</summary>
internal static class Measurement
{
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(60);

    internal static async Task Run(Options options, Func<Contestant> create)
    {
        var address = new NpgsqlConnectionStringBuilder(options.Postgres);
        await using var database =
            NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(options.Postgres) { ApplicationName = "bench-meter", MaxPoolSize = 3 });
        await Schema.Create(database);
        if (options.Curve.Length > 0)
        {
            await using var contestant = create();
            await contestant.Start(options.Postgres, new Uri(options.Rabbit));
            var points = await CurveMeasurement.Run(options, (count, until) => RunSagas(contestant, database, count, until), address.Database!);
            await File.WriteAllTextAsync(options.Output, JsonSerializer.Serialize(points));
            return;
        }

        var result = await FullLoad(options, create, database, address.Database!);
        if (options.LatencySeconds > 0)
            result = await SteadyLoad(options, create, database, result);
        await File.WriteAllTextAsync(options.Output, JsonSerializer.Serialize(result));
    }

    private static async Task<Result> FullLoad(Options options, Func<Contestant> create, NpgsqlDataSource database, string name)
    {
        await using var contestant = create();
        await contestant.Start(options.Postgres, new Uri(options.Rabbit));
        if (options.Preload > 0)
            await Schema.Preload(database, options.Preload);
        await RunSagas(contestant, database, Math.Clamp(options.Sagas, 100, 2000));

        GC.Collect();
        var cpu = CpuTime.Read(name);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var elapsed = await RunSagas(contestant, database, options.Sagas);
        var after = CpuTime.Read(name);
        var events = (double)options.Sagas * Advance.Steps;
        return new Result
        {
            Contestant = options.Contestant,
            EventsPerSecond = events / elapsed,
            AppCores = (after.App - cpu.App) / elapsed,
            PostgresCores = (after.Postgres - cpu.Postgres) / elapsed,
            BrokerCores = (after.Broker - cpu.Broker) / elapsed,
            AllocatedPerEvent = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / events,
            WorkingSetMb = Environment.WorkingSet / 1048576.0,
        };
    }

    private static async Task<Result> SteadyLoad(Options options, Func<Contestant> create, NpgsqlDataSource database, Result result)
    {
        var direct = new NpgsqlConnectionStringBuilder(options.Postgres);
        using var relay = new CountingRelay(direct.Host!, direct.Port);
        var relayed = new NpgsqlConnectionStringBuilder(options.Postgres) 
        {
            Host = "127.0.0.1", Port = relay.Port, SslMode = SslMode.Disable,
        };

        // The relay reads the protocol from its first byte. Npgsql before 10 does not know the setting and does not need it.
        if (typeof(NpgsqlConnectionStringBuilder).GetProperty("GssEncryptionMode") is not null)
            relayed["GSS Encryption Mode"] = "Disable";
        await Schema.Announce(database);

        await using var contestant = create();
        await contestant.Start(relayed.ConnectionString, new Uri(options.Rabbit));
        await RunSagas(contestant, database, 20);

        var published = new ConcurrentDictionary<Guid, long>();
        var latencies = new ConcurrentQueue<double>();
        await using var listening = await database.OpenConnectionAsync();
        listening.Notification += (_, notice) =>
        {
            if (published.TryGetValue(Guid.Parse(notice.Payload.AsSpan(0, 36)), out var at))
                latencies.Enqueue(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        };
        await using (var listen = new NpgsqlCommand($"LISTEN {Schema.Channel}", listening))
            await listen.ExecuteNonQueryAsync();

        var ids = await Schema.AddSagas(database, Options.Rate * options.LatencySeconds);
        var transactions = relay.Transactions;
        var roundTrips = relay.RoundTrips;
        var statements = relay.Statements;
        var publishing = PublishSteadily(contestant, ids, published);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.LatencySeconds * 3 + 30));
        try
        {
            while (latencies.Count < ids.Length)
            {
                if (contestant.Failed.IsFaulted)
                    await contestant.Failed;
                await listening.WaitAsync(limit.Token);
            }
            await publishing.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            if (contestant.Failed.IsFaulted)
                await contestant.Failed;
            throw new TimeoutException($"{options.Contestant}: {latencies.Count} of {ids.Length} events at {Options.Rate} a second were committed in time");
        }

        var sorted = latencies.Order().ToArray();
        return result with
        {
            P50 = sorted[sorted.Length / 2],
            P99 = sorted[sorted.Length * 99 / 100],
            RoundTripsPerEvent = (double)(relay.RoundTrips - roundTrips) / ids.Length,
            StatementsPerEvent = (double)(relay.Statements - statements) / ids.Length,
            TransactionsPerEvent = (double)(relay.Transactions - transactions) / ids.Length,
        };
    }

    private static async Task PublishSteadily(Contestant contestant, Guid[] ids, ConcurrentDictionary<Guid, long> published)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < ids.Length; i++)
        {
            var wait = TimeSpan.FromSeconds((double)i / Options.Rate) - Stopwatch.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait);
            published[ids[i]] = Stopwatch.GetTimestamp();
            await contestant.Publish(new Advance { SagaId = ids[i], Step = Advance.Steps });
        }
    }

    /// <summary>Works through some sagas, all at once.</summary>
    /// <returns>Seconds; to the given number of events where there is one.</returns>
    private static async Task<double> RunSagas(Contestant contestant, NpgsqlDataSource database, int count, int? until = null)
    {
        var ids = await Schema.AddSagas(database, count);
        var (present, begun) = (await Schema.Count(database), await Schema.Begun(database));
        var expected = present + (long)count * Advance.Steps;
        double? reached = null;
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = 32 },
            async (id, _) => await contestant.Publish(new Advance { SagaId = id, Step = 1 }));
        var samples = 0;
        var (before, moved) = (-1L, start);
        // Rows that were begun in vain leave gaps, so that at the end they are counted.
        while (present + await Schema.Begun(database) - begun is var done && (done < expected || (done = await Schema.Count(database)) < expected))
        {
            if (until is { } enough && done >= present + enough)
                reached ??= Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (contestant.Failed.IsFaulted)
                await contestant.Failed;
            if (done > before)
                (before, moved) = (done, Stopwatch.GetTimestamp());
            else if (Stopwatch.GetElapsedTime(moved) > Standstill)
                throw new TimeoutException($"{expected - done} of {expected} events were not worked on, and none in the last {Standstill.TotalSeconds} s");
            if (Stopwatch.GetElapsedTime(start).TotalSeconds > 30 * (samples + 1))
            {
                samples++;
                Console.WriteLine($"  {samples * 30,5} s: {expected - done,8} events left, {Environment.WorkingSet / 1048576,5} MiB working set, {GC.GetTotalMemory(false) / 1048576,5} MiB heap");
            }

            await Task.Delay(20);
        }

        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return await Schema.Finished(database, ids) == count ? reached ?? elapsed : throw new InvalidOperationException("Not every saga reached its last step");
    }
}
