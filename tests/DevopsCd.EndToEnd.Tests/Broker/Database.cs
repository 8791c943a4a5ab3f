using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>A throw-away PostgreSQL database with all tables.</summary>
internal sealed class Database : IAsyncDisposable
{
    private static readonly string s_server = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_POSTGRES")
        ?? "Host=127.0.0.1;Port=15432;Username=devopscd;Password=devopscd;Database=postgres";

    private Database(string name) =>
        ConnectionString = new NpgsqlConnectionStringBuilder(s_server) { Database = name, MaxPoolSize = 20 }.ConnectionString;

    public string ConnectionString { get; }

    public static async Task<Database> Create()
    {
        var database = new Database($"test_{Guid.CreateVersion7():n}");
        await using var context = database.Context();
        await context.Database.EnsureCreatedAsync();
        return database;
    }

    public PostgresCdDbContext Context() =>
        new((DbContextOptions<PostgresCdDbContext>)CdDbContextOptions.UsePostgres(new DbContextOptionsBuilder<PostgresCdDbContext>(), ConnectionString).Options);

    /// <summary>Refuses connections and ends the present ones, until it is let in again.</summary>
    public Task ShutOut(bool away) => OnServer(
        $"""ALTER DATABASE "{Name}" ALLOW_CONNECTIONS {(away ? "false" : "true")}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{Name}'""");

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        await OnServer($"""DROP DATABASE IF EXISTS "{Name}" WITH (FORCE)""");
    }

    private string Name => new NpgsqlConnectionStringBuilder(ConnectionString).Database!;

    private static async Task OnServer(string sql)
    {
        await using var connection = new NpgsqlConnection(s_server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
