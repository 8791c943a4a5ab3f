using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_start_that_cannot_be
{
    [Fact]
    public async Task Is_told_for_a_port_that_is_in_use()
    {
        using var somebody = new TcpListener(IPAddress.Loopback, 0);
        somebody.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)somebody.LocalEndpoint).Port}";

        (await Told(HostSettings.Embedded().With("urls", address).With("ASPNETCORE_URLS", address))).ShouldContain(
            $"Failed to bind to address {address}: address already in use. Stop what listens there");
    }

    [Fact]
    public async Task Is_told_for_an_address_that_is_none() =>
        (await Told(HostSettings.Embedded().With("urls", "nonsense"))).ShouldContain(
            "urls: Invalid url: 'nonsense'; an address to listen on looks like http://0.0.0.0:8080.");

    [Fact]
    public async Task Is_told_for_a_folder_that_cannot_be_written() =>
        (await Told(HostSettings.Embedded().With("core__storage__connection_string", "Data Source=/proc/devopscd/a.db"))).ShouldContain(
            "core:storage:connection_string: /proc/devopscd/a.db cannot be written");

    [Fact]
    public async Task Is_told_for_a_file_that_is_no_database()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, new string('x', 5000));

        (await Told(HostSettings.Embedded().With("core__storage__connection_string", $"Data Source={file}"))).ShouldContain(
            $"{file} cannot be used: it is damaged or not an SQLite database");
    }

    [Fact]
    public async Task Is_told_for_a_connection_string_that_cannot_be_read() =>
        (await Told(HostSettings.Embedded().With("core__storage__connection_string", "Fiel=a.db"))).ShouldContain(
            "core:storage:connection_string must name a file");

    [Fact]
    public async Task Is_told_for_a_password_that_is_wrong_without_the_password()
    {
        var connection = new NpgsqlConnectionStringBuilder(TestServers.Postgres) { Username = "nobody", Password = "very-secret-word" };

        var told = await Told(
            HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", connection.ConnectionString));

        told.ShouldContain("refuses the user 'nobody'");
        told.ShouldNotContain("very-secret-word");
    }

    [Theory]
    [InlineData("29991231000000_TheFuture", "the database was written by a newer version (its schema has '29991231000000_TheFuture')")]
    [InlineData("20261124042814_Initial", "the database was made by a version from before the first release (its schema has '20261124042814_Initial'), and cannot be upgraded. Use a new database.")]
    public async Task Is_told_for_a_schema_of_another_version(string migration, string said)
    {
        var history = $"CREATE TABLE schema_history (migration_id text PRIMARY KEY, product_version text NOT NULL); INSERT INTO schema_history VALUES ('{migration}', '10')";
        await using var database = await PostgresDatabase.CreateAsync();
        await database.ExecuteAsync(history);
        var folder = Directory.CreateTempSubdirectory("devopscd-");
        var file = $"Data Source={Path.Combine(folder.FullName, "cd.db")}";
        await using (var connection = new SqliteConnection(file + ";Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = new SqliteCommand(history, connection);
            await command.ExecuteNonQueryAsync();
        }

        var onServer = await Told(
            HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString));
        var inFile = await Told(HostSettings.Embedded().With("core__storage__connection_string", file));

        onServer.ShouldContain(said);
        inFile.ShouldContain(said);
        folder.Delete(recursive: true);
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public async Task Is_told_for_a_database_file_that_another_host_runs_on_until_that_one_is_killed()
    {
        await using var first = await HostProcess.StartNewAsync("first", HostSettings.Embedded());
        var file = Path.Combine(first.Folder, "data", "devopscd.db");
        File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var part in Directory.GetFiles(Path.GetDirectoryName(file)!))
            File.GetUnixFileMode(part).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, part);
        var link = Path.Combine(first.Folder, "other-name.db");
        File.CreateSymbolicLink(link, file);

        (await Told(HostSettings.Embedded().With("core__storage__connection_string", $"Data Source={link}"))).ShouldContain($"another process runs on {file}");

        await first.Kill9Async();
        await using var second =
            await HostProcess.StartNewAsync("second", HostSettings.Embedded().With("core__storage__connection_string", $"Data Source={link}"));
    }

    /// <summary>What the host says before it ends with the exit code of a refused start, and what it does not say.</summary>
    private static async Task<string> Told(HostSettings settings)
    {
        await using var host = new HostProcess("refused", settings);

        host.Launch();
        (await host.UntilEndedAsync()).ShouldBe(2, host.LogTail);

        host.LogTail.ShouldNotContain("   at ");
        host.LogTail.ShouldNotContain(" ERR ");
        return host.LogTail;
    }
}
