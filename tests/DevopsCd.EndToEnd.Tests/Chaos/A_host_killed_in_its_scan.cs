using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>R14: two scans never overlap, and nobody waits for one whose host is dead.</summary>
public sealed class A_host_killed_in_its_scan
{
    private const string ScanLocks =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    [Fact]
    public async Task Leaves_the_next_one_to_another_host_at_once()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        // Waits for a lock must outlast the test, however slow the machine is.
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Options = "-c lock_timeout=300s",
            CommandTimeout = 300
        }.ConnectionString;
        var settings = HostSettings.On(connection, broker.Uri).With("core__scan_interval", "1h");
        await using var first = await HostProcess.StartNewAsync("first", settings);
        await using var second = await HostProcess.StartNewAsync("second", settings);
        await using var watch = await database.OpenAsync();
        await Eventually.Sees(() => Locks(watch), held => held == 0, "the scans of the start are over");

        // In the middle of its scan, whatever the machine is busy with: it waits for a table that somebody has locked.
        await using var somebody = await database.OpenAsync();
        await using var holding = await somebody.BeginTransactionAsync();
        await Execute(somebody, "LOCK TABLE batches IN ACCESS EXCLUSIVE MODE");
        var scan = new CdApi(first.Http).Scan();
        await Eventually.Sees(() => Locks(watch), held => held == 1, "the first host scans");
        (await new CdApi(second.Http).Scan()).Status.ShouldBe(HttpStatusCode.Conflict);

        await first.Kill9Async();

        await Eventually.Sees(() => Locks(watch), held => held == 0, "the lock is free", TimeSpan.FromSeconds(10));
        await holding.RollbackAsync();
        // Another scan that is due in this moment is no scan of the dead host.
        var scanning = CdApi.Patient(second.Http);
        await Eventually.Sees(async () => (await scanning.Scan()).Status, status => status == HttpStatusCode.OK, "the second host scans");
        (await scan).IsSuccess.ShouldBeFalse("its host is dead");
    }

    private static async Task<long> Locks(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(ScanLocks, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
