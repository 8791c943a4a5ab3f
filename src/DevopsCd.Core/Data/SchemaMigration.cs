using DevopsCd.Core.Configuration;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Data;

/// <summary>Brings the database to this version before anything else runs. Several instances may start at once: EF's lock lets one migrate.</summary>
internal static class SchemaMigration
{
    public static async Task Migrate(IServiceProvider services, CancellationToken cancellationToken)
    {
        var storage = services.GetRequiredService<StorageOptions>();
        if (!storage.Postgres)
            CreateFolder(storage.ConnectionString);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
        await db.Database.MigrateAsync(cancellationToken);
        if (!storage.Postgres)
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        if (storage.SampleCatalogue ?? !storage.Postgres)
            await scope.ServiceProvider.GetRequiredService<SampleCatalogue>().Fill(cancellationToken);
    }

    private static void CreateFolder(string connectionString)
    {
        if (Path.GetDirectoryName(new SqliteConnectionStringBuilder(connectionString).DataSource) is { Length: > 0 } folder)
            Directory.CreateDirectory(folder);
    }
}
