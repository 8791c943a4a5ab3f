using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>Two hosts on one broker and database; one machine's clock is wrong.</summary>
public static class ClocksRun
{
    private const int Operation = 2;

    public static async Task<ClocksReport> RunAsync(int batches, TimeSpan skew, Action<string> say)
    {
        await using var database = await PostgresDatabase.CreateAsync().ConfigureAwait(false);
        await using var broker = await RabbitVirtualHost.CreateAsync().ConfigureAwait(false);
        await using var right = await HostProcess.StartNewAsync("clock-right", Settings()).ConfigureAwait(false);
        await using var wrong = await HostProcess.StartNewAsync("clock-wrong", Settings().WithClockAhead(skew)).ConfigureAwait(false);
        CdApi[] hosts = [CdApi.Patient(right.Http, "chaos"), CdApi.Patient(wrong.Http, "chaos")];
        await Watch(database).ConfigureAwait(false);
        var told = await wrong.Http.GetStringAsync("health/ready").ConfigureAwait(false);
        say(told);

        var open = new List<long>();
        for (var i = 0; i < batches; i++) open.Add(await Sealed(hosts[i % 2], i).ConfigureAwait(false));
        say($"{batches} batches are sealed");
        await Reach(hosts[0], open, 22).ConfigureAwait(false);
        for (var i = 0; i < batches; i++)
        {
            var (host, batch) = (hosts[i % 2], open[i]);
            (await host.Raise(batch, "start_prod_deploy").ConfigureAwait(false)).Expect();
        }

        await Reach(hosts[1], open, 32).ConfigureAwait(false);

        var seconds = await database.QueryAsync<double>("select extract(epoch from ended - begun)::float8 from watched_operations where ended is not null")
            .ConfigureAwait(false);
        return new()
        {
            SkewSeconds = skew.TotalSeconds,
            Batches = batches,
            Operations = seconds.Count,
            OperationSeconds = Operation,
            AverageSeconds = Math.Round(seconds.Average(), 2),
            SlowestSeconds = Math.Round(seconds.Max(), 2),
            Told = told,
            Violations =
            [
                .. await new InvariantChecker(database, null, broker, concurrentApps: 5).CheckAsync().ConfigureAwait(false),
                .. seconds.Count == 2 * batches ? Array.Empty<string>() : [$"{seconds.Count} operations ended"],
            ],
        };

        HostSettings Settings() => HostSettings.On(database, broker)
            .With("core__deploy__driver", "simulated").With("core__deploy__simulated_duration", $"{Operation}s").With("core__notification__provider", "log");
    }

    /// <summary>The hosts' own times are what is in doubt: the database writes down when it saw an operation begin and end.</summary>
    private static Task Watch(PostgresDatabase database) => database.ExecuteAsync(
        """
        create table watched_operations (operation text primary key, begun timestamptz not null default clock_timestamp(), ended timestamptz);
        create function watch_operation() returns trigger language plpgsql as $$
        begin
            insert into watched_operations (operation) values (new.operation_id) on conflict do nothing;
            if new.finished_at is not null then
                update watched_operations set ended = coalesce(ended, clock_timestamp()) where operation = new.operation_id;
            end if;
            return new;
        end $$;
        create trigger watch_operation after insert or update on deployments for each row execute function watch_operation();
        """);

    private static async Task<long> Sealed(CdApi api, int index)
    {
        var app = $"clock-{index}";
        await api.Register(app, "pre", "prod").ConfigureAwait(false);
        var batch = (await api.CreateBatch("Clock", $"T-{index}", [app]).ConfigureAwait(false)).Expect().Id;
        foreach (var step in new[] { "approve", "confirm_tag" }) (await api.Raise(batch, step).ConfigureAwait(false)).Expect();
        return batch;
    }

    private static Task Reach(CdApi api, IReadOnlyList<long> batches, int state) => Eventually.IsTrue(
        async () =>
        {
            var views = await Task.WhenAll(batches.Select(api.Batch)).ConfigureAwait(false);
            return views.All(view => view is { IsSuccess: true } && view.State == state);
        },
        $"every batch reaches {state}",
        TimeSpan.FromMinutes(6));
}
