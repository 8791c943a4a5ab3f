using DevopsCd.Core.Data;
using DevopsCd.Host.Access.Data;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A database with the engine's tables and those of logging in, as instances share it.</summary>
internal sealed class AccessDatabase : IAsyncDisposable
{
    private readonly PostgresDatabase _database;

    private AccessDatabase(PostgresDatabase database) => _database = database;

    public static async Task<AccessDatabase> Create(params object[] rows)
    {
        var database = new AccessDatabase(await PostgresDatabase.CreateAsync());
        await using (var engine = new PostgresCdDbContext((DbContextOptions<PostgresCdDbContext>)CdDbContextOptions.UsePostgres(
            new DbContextOptionsBuilder<PostgresCdDbContext>(), database._database.ConnectionString).Options))
            await engine.Database.MigrateAsync(TestContext.Current.CancellationToken);
        await using var db = database.Open();
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        db.AddRange(rows);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        return database;
    }

    public AccessDbContext Open() => new PostgresAccessDbContext((DbContextOptions<PostgresAccessDbContext>)CdDbContextOptions.UsePostgres(
        new DbContextOptionsBuilder<PostgresAccessDbContext>(), _database.ConnectionString, AccessDbContext.History)
            .UseApplicationServiceProvider(DesignTime.Services).Options);

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
