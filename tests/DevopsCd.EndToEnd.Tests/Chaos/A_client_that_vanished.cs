using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>
/// A client of the database with our own settings takes every lock there is and is never heard of again: its connections stay open, so that
/// nothing but the server's own bounds can end them.
/// </summary>
public sealed class A_client_that_vanished
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(20);

    private static readonly string[] s_locks =
    [
        "SELECT 1 FROM batches FOR UPDATE",
        "SELECT 1 FROM applications FOR UPDATE",
        "SELECT 1 FROM qrtz_locks FOR UPDATE",
        "SELECT 1 FROM qrtz_triggers FOR UPDATE",
        "LOCK TABLE inbox_state IN SHARE ROW EXCLUSIVE MODE",
        "LOCK TABLE outbox_message IN SHARE ROW EXCLUSIVE MODE",
        "LOCK TABLE notifications IN SHARE ROW EXCLUSIVE MODE",
        "LOCK TABLE schema_history IN ACCESS EXCLUSIVE MODE",
    ];

    [Fact]
    public async Task Keeps_nobody_waiting_whatever_it_held()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var line = TcpRelay.To(database);
        var settings = HostSettings.On(database, broker).With("core__deploy__simulated_duration", "100ms").With("core__notification__provider", "log");
        await using var host = await HostProcess.StartNewAsync("survivor", settings);
        var api = CdApi.Patient(host.Http);
        await api.Register("api", "pre");
        var batch = (await api.CreateBatch("Release 1", null, ["api"])).Expect().Id;

        var storage = new StorageOptions { Provider = "postgres", ConnectionString = database.Through(line) };
        // On a clock that stands still, it gives no sign of life.
        await using var scan = await new PostgresClusterLock(storage, new Microsoft.Extensions.Time.Testing.FakeTimeProvider()).TryTakeAsync("scan", default);
        await using var schema =
            await new PostgresClusterLock(storage, new Microsoft.Extensions.Time.Testing.FakeTimeProvider()).TryTakeAsync("schema", default);
        var held = new List<NpgsqlConnection>();
        foreach (var statement in s_locks)
        {
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(storage.PostgresConnection()) { Pooling = false }.ConnectionString);
            held.Add(connection);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"BEGIN; {statement}", connection);
            await command.ExecuteNonQueryAsync();
        }

        line.Swallow();
        // Not patient: the bound is for the host, not for who asks.
        var asking = new CdApi(host.Http);
        await using var second = new HostProcess("newcomer", settings);
        second.Launch();

        await Eventually.IsTrue(async () => (await asking.Raise(batch, "approve")).IsSuccess || await asking.Batch(batch) is { IsSuccess: true, State: 5 },
            "people are served", s_bound);
        await Eventually.IsTrue(async () => (await asking.Scan()).IsSuccess, "somebody scans", s_bound);
        (await api.Raise(batch, "confirm_tag")).Expect();
        await Eventually.Sees(() => asking.Batch(batch), b => b.IsSuccess && b.State == 22, "messages are consumed, schedules fire, the batch moves", s_bound);
        await second.UntilReadyAsync();
        (await database.QueryAsync<string>("SELECT reason FROM parked_messages")).ShouldBeEmpty();

        line.Cut();
        foreach (var connection in held)
            await connection.DisposeAsync();
    }
}
