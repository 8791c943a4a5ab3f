using DevopsCd.Core.Data;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Engines;

/// <summary>A throw-away database with the engine's tables: a copy of one that was migrated once for the run.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresDatabase>> s_postgres = new(MigratedPostgres);
    private static readonly Lazy<Task<string>> s_sqlite = new(MigratedSqlite);

    private readonly IAsyncDisposable? _server;
    private readonly string? _folder;

    private TestDatabase(string provider, string connectionString, IAsyncDisposable? server, string? folder) =>
        (Provider, ConnectionString, _server, _folder) = (provider, connectionString, server, folder);

    /// <summary><c>postgres</c> or <c>sqlite</c>.</summary>
    public string Provider { get; }

    public string ConnectionString { get; }

    public static async Task<TestDatabase> Create(string provider)
    {
        if (provider == "postgres")
            return OnPostgres(await PostgresDatabase.CreateAsync((await s_postgres.Value).Name));
        var (database, file) = OnSqlite();
        File.Copy(await s_sqlite.Value, file);
        return database;
    }

    /// <summary>One without any table.</summary>
    public static async Task<TestDatabase> CreateEmpty(string provider) =>
        provider == "postgres" ? OnPostgres(await PostgresDatabase.CreateAsync()) : OnSqlite().Database;

    /// <summary>Drops what the run's databases were copied from.</summary>
    public static async Task DropTemplates()
    {
        if (s_postgres.IsValueCreated)
            await (await s_postgres.Value).DisposeAsync();
        if (s_sqlite.IsValueCreated)
            Directory.Delete(Path.GetDirectoryName(await s_sqlite.Value)!, recursive: true);
    }

    public CdDbContext Open() => Open(Provider, ConnectionString);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static TestDatabase OnPostgres(PostgresDatabase database) => new("postgres", database.ConnectionString, database, null);

    private static (TestDatabase Database, string File) OnSqlite()
    {
        var folder = Directory.CreateTempSubdirectory("devopscd-").FullName;
        var file = Path.Combine(folder, "cd.db");
        return (new TestDatabase("sqlite", Sqlite(file), null, folder), file);
    }

    private static CdDbContext Open(string provider, string connectionString) => provider == "postgres"
        ? new PostgresCdDbContext(
            (DbContextOptions<PostgresCdDbContext>)CdDbContextOptions.UsePostgres(new DbContextOptionsBuilder<PostgresCdDbContext>(), connectionString).Options)
        : new SqliteCdDbContext(
            (DbContextOptions<SqliteCdDbContext>)CdDbContextOptions.UseSqlite(new DbContextOptionsBuilder<SqliteCdDbContext>(), connectionString).Options);

    // Unpooled, so that the file can be deleted; its templates must hold no connection either.
    private static string Sqlite(string file) => $"Data Source={file};Pooling=False";

    private static async Task<PostgresDatabase> MigratedPostgres()
    {
        var database = await PostgresDatabase.CreateAsync();
        await using var db = Open("postgres", database.ConnectionString + ";Pooling=False");
        await db.Database.MigrateAsync();
        return database;
    }

    private static async Task<string> MigratedSqlite()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("devopscd-template-").FullName, "cd.db");
        await using var db = Open("sqlite", Sqlite(file));
        await db.Database.MigrateAsync();
        await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL");
        return file;
    }
}
