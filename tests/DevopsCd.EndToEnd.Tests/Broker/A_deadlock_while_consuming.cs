using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>Two transactions that wait for each other, one of them of a message from the broker: PostgreSQL ends that one, and it is tried again.</summary>
public sealed class A_deadlock_while_consuming : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _broker = null!;
    private HostProcess _host = null!;
    private CdApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        (_database, _broker) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        _host = await HostProcess.StartNewAsync("deadlock", HostSettings.On(_database, _broker)
            .With("core__notification__provider", "log").With("core__deploy__simulated_duration", "100ms").With("core__deploy__poll_interval", "500ms"));
        _api = CdApi.Patient(_host.Http, "ann");
        await _api.Register("api", "pre", "prod");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Of_rows_loses_no_message()
    {
        var batch = (await _api.CreateBatch("Release 1", null, ["api"])).Expect().Id;
        await using var other = await Other("select 1 from batches for update");

        await _broker.PublishJsonAsync("DevopsCd.Contracts:BuildCompleted", System.Text.Json.JsonSerializer.Serialize(CdApi.Build("api", 2)));
        await Waits("batches", holding: "applications");
        await Close(other, "select 1 from applications for update");

        await Eventually.Sees(() => _api.Batch(batch), view => view.Body.GetProperty("releases")[0].GetProperty("buildNumber").GetString() == "2",
            "the build is there, and the release has it", TimeSpan.FromSeconds(60));
        await NothingIsParked();
    }

    /// <summary>Somebody who is patient, so that it is the host's transaction that PostgreSQL ends.</summary>
    private async Task<NpgsqlConnection> Other(string holds)
    {
        var connection = await _database.OpenAsync();
        await Run(connection, $"set deadlock_timeout = '1h'; begin; {holds}");
        return connection;
    }

    private Task Waits(string table, string holding) => Eventually.Sees(
        () => _database.ScalarAsync<long>(
            """
            select count(*) from pg_stat_activity waits join pg_locks has on has.pid = waits.pid and has.granted and has.relation = $2::regclass
            join pg_locks wants on wants.pid = waits.pid and wants.relation = $1::regclass
            where waits.wait_event_type = 'Lock' and waits.datname = current_database()
            """, table, holding),
        waiting => waiting > 0, $"a message waits for {table} and holds {holding}", TimeSpan.FromSeconds(60));

    /// <summary>The circle: it is broken before this comes back.</summary>
    private async Task Close(NpgsqlConnection other, string wants)
    {
        await Run(other, $"{wants}; commit");
        await Eventually.Sees(() => _database.ScalarAsync<long>("select deadlocks from pg_stat_database where datname = current_database()"),
            deadlocks => deadlocks > 0, "PostgreSQL has counted the deadlock");
    }

    private async Task NothingIsParked()
    {
        (await _api.Send(HttpMethod.Get, "parked")).Expect().Body.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await _database.ScalarAsync<long>("select count(*) from outbox_state where parked is not null")).ShouldBe(0);
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
