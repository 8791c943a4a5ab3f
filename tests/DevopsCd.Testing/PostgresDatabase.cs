using Npgsql;

namespace DevopsCd.Testing;

/// <summary>A throw-away database on the test PostgreSQL, dropped with everything in it when disposed.</summary>
public sealed class PostgresDatabase : IAsyncDisposable
{
    private const string SourceIsInUse = "55006";

    private readonly string _server;

    private PostgresDatabase(string name, string server)
    {
        (Name, this._server) = (name, server);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name, IncludeErrorDetail = true }.ConnectionString;
    }

    public string Name { get; }

    public string ConnectionString { get; }

    /// <summary>Creates an empty database, or a copy of <paramref name="template"/> (nobody may be connected to that one).</summary>
    public static async Task<PostgresDatabase> CreateAsync(string? template = null, PostgresServer? server = null)
    {
        var database = new PostgresDatabase($"t_{Guid.NewGuid():N}", server?.ConnectionString ?? TestServers.Postgres);

        await Eventually.Sees(
            async () =>
            {
                try
                {
                    await database.OnServerAsync($"create database {Quoted(database.Name)} template {Quoted(template ?? "template0")}").ConfigureAwait(false);
                    return true;
                }
                catch (PostgresException e) when (e.SqlState == SourceIsInUse && template is not null)
                {
                    return false;
                }
            },
            created => created,
            $"nobody is connected to the template database {template}").ConfigureAwait(false);

        return database;
    }

    /// <summary>The same database on another server, such as a standby.</summary>
    public PostgresDatabase On(PostgresServer server) => new(Name, server.ConnectionString);

    /// <summary>The connection string with host and port replaced by the relay's.</summary>
    public string Through(TcpRelay relay) =>
        new NpgsqlConnectionStringBuilder(ConnectionString) { Host = "127.0.0.1", Port = relay.Port }.ConnectionString;

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync().ConfigureAwait(false);
        return connection;
    }

    /// <summary>Runs one statement; <c>$1, $2</c> stand for the values.</summary>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var connection = await OpenAsync().ConfigureAwait(false);
        await using var command = Command(connection, sql, values);
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    /// <summary>The first column of every row.</summary>
    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, params object?[] values) =>
        QueryAsync(sql, row => row.IsDBNull(0) ? default! : row.GetFieldValue<T>(0), values);

    /// <summary>Every row, read by <paramref name="read"/>.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        await using var connection = await OpenAsync().ConfigureAwait(false);
        await using var command = Command(connection, sql, values);
        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);

        var result = new List<T>();
        while (await rows.ReadAsync().ConfigureAwait(false)) result.Add(read(rows));
        return result;
    }

    /// <summary>The single value of a query that gives one row.</summary>
    public async Task<T> ScalarAsync<T>(string sql, params object?[] values) => (await QueryAsync<T>(sql, values).ConfigureAwait(false)).Single();

    /// <summary>Backs it up as operators do (infra/operate.md): all of one moment, while everybody goes on.</summary>
    public Task DumpAsync(string file) => ProgramAsync("pg_dump", "--format=custom", "--no-owner", $"--file={file}", Name);

    /// <summary>Brings a backup back into this database, which is empty.</summary>
    public Task RestoreAsync(string file) => ProgramAsync("pg_restore", "--exit-on-error", "--no-owner", "--single-transaction", $"--dbname={Name}", file);

    /// <summary>Closes every connection to this database from the server's side, as a restart of the server would.</summary>
    public Task TerminateConnectionsAsync() => OnServerAsync(
        $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{Name}' and pid <> pg_backend_pid()");

    public async Task DropAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await OnServerAsync($"drop database if exists {Quoted(Name)} with (force)").ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await DropAsync().ConfigureAwait(false);

    private Task ProgramAsync(string program, params string[] arguments)
    {
        var server = new NpgsqlConnectionStringBuilder(_server);
        return ServerProgram.RunAsync("env", [$"PGHOST={server.Host}", $"PGPORT={server.Port}", $"PGUSER={server.Username}", $"PGPASSWORD={server.Password}",
            ServerProgram.OfPostgres(program), .. arguments]);
    }

    private async Task OnServerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_server);

        try
        {
            await connection.OpenAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (TestServers.IsConnectionFailure(e))
        {
            throw new TestServerUnreachableException("PostgreSQL", $"{connection.Host}:{connection.Port}", e);
        }

        // Creating and dropping wait for every session of the server, those that a test beside this one has made to stand still included.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
