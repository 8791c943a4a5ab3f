using Npgsql;

namespace DevopsCd.Testing;

/// <summary>A PostgreSQL of one's own, for runs that need other settings than the shared one has. Its data are thrown away.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string _start;

    private PostgresServer(string folder, int port, string[] settings)
    {
        (this._folder, Port) = (folder, port);
        string[] all = [$"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", .. settings];
        _start = string.Join(' ', all.Select(setting => $"-c {setting}"));
        ConnectionString = $"Host=127.0.0.1;Port={port};Username=devopscd;Database=postgres";
    }

    public int Port { get; }

    /// <summary>The superuser's, without a password.</summary>
    public string ConnectionString { get; }

    /// <summary>Processor time of all its processes so far.</summary>
    public TimeSpan ProcessorTime =>
        ProcessTree.ProcessorTime(int.Parse(File.ReadLines($"{_folder}/data/postmaster.pid").First(), System.Globalization.CultureInfo.InvariantCulture));

    /// <param name="settings">Settings as <c>max_connections=100</c>; the rest is PostgreSQL's default.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) =>
        StartInAsync(NewFolder(), settings);

    /// <summary>One whose data are in this folder, which is deleted with it.</summary>
    public static Task<PostgresServer> StartInAsync(string folder, params string[] settings) => CreateAsync(folder, log: null, settings);

    /// <summary>One whose write-ahead log is elsewhere, in segments of a megabyte that are never used again.</summary>
    /// <param name="log">A folder that is there.</param>
    public static async Task<PostgresServer> StartWithLogInAsync(string log)
    {
        await ServerProgram.GiveToAsync("postgres", log).ConfigureAwait(false);
        return await CreateAsync(NewFolder(), log, ["wal_recycle=off", "min_wal_size=2MB", "max_wal_size=4MB"]).ConfigureAwait(false);
    }

    private static async Task<PostgresServer> CreateAsync(string folder, string? log, string[] settings)
    {
        await ServerProgram.GiveToAsync("postgres", folder).ConfigureAwait(false);
        var server = new PostgresServer(folder, FreePort.Next(), settings);
        string[] elsewhere = log is null ? [] : [$"--waldir={log}/wal", "--wal-segsize=1"];
        string[] plain = ["-D", $"{folder}/data", "-U", "devopscd", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        await server.AsOwnerAsync("initdb", [.. plain, .. elsewhere]).ConfigureAwait(false);
        await server.ControlAsync("start").ConfigureAwait(false);
        return server;
    }

    /// <summary>
    /// A standby of this one, which a commit waits for from now on: what was answered is on both. It only answers reads until it takes over.
    /// </summary>
    public async Task<PostgresServer> StandbyAsync()
    {
        var folder = NewFolder();
        await ServerProgram.GiveToAsync("postgres", folder).ConfigureAwait(false);
        var standby = new PostgresServer(folder, FreePort.Next(), []);
        await AsOwnerAsync("pg_basebackup", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "devopscd", "-D", $"{folder}/data", "-R", "-X", "stream", "-c", "fast")
            .ConfigureAwait(false);
        await standby.ControlAsync("start").ConfigureAwait(false);
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync().ConfigureAwait(false);
        foreach (var sql in (string[])["alter system set synchronous_standby_names = '*'", "alter system set synchronous_commit = remote_apply",
            "select pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        }

        await Eventually.IsTrue(async () =>
        {
            await using var command = new NpgsqlCommand("select count(*) from pg_stat_replication where sync_state = 'sync'", connection);
            return await command.ExecuteScalarAsync().ConfigureAwait(false) is 1L;
        }, "the standby follows").ConfigureAwait(false);
        return standby;
    }

    /// <summary>A standby becomes the server.</summary>
    public Task TakeOverAsync() => ControlAsync("promote");

    /// <summary>It ends without a last word, as in a crash: whatever was under way is lost, and what was committed is not.</summary>
    public Task CrashAsync() => ControlAsync("-m", "immediate", "stop");

    /// <summary>It recovers from a crash and serves again, whether it still runs or not.</summary>
    public async Task StartAgainAsync()
    {
        await ControlAsync("-m", "immediate", "restart").ConfigureAwait(false);
        // Those of before lead nowhere.
        NpgsqlConnection.ClearAllPools();
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists($"{_folder}/data/postmaster.pid")) await CrashAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("devopscd-pg-").FullName;

    private async Task ControlAsync(params string[] arguments)
    {
        try
        {
            await AsOwnerAsync("pg_ctl", ["-D", $"{_folder}/data", "-l", $"{_folder}/log", "-w", "-t", "300", "-s", "-o", _start, .. arguments])
                .ConfigureAwait(false);
        }
        catch (InvalidOperationException e) when (File.Exists($"{_folder}/log"))
        {
            var said = await File.ReadAllLinesAsync($"{_folder}/log").ConfigureAwait(false);
            throw new InvalidOperationException(string.Join(Environment.NewLine, [e.Message, .. said.TakeLast(20)]), e);
        }
    }

    private Task AsOwnerAsync(string program, params string[] arguments) => ServerProgram.RunAsAsync("postgres", ServerProgram.OfPostgres(program), arguments);
}
