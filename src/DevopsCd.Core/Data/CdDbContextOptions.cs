using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Data;

/// <summary>How a context reaches its database; the same at run time, design time and in tests.</summary>
internal static class CdDbContextOptions
{
    /// <summary>The table of the engine's migrations.</summary>
    private const string History = "schema_history";

    public static DbContextOptionsBuilder UsePostgres(DbContextOptionsBuilder options, string connectionString, string history = History) =>
        options.UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable(history)).UseSnakeCaseNamingConvention();

    public static DbContextOptionsBuilder UseSqlite(DbContextOptionsBuilder options, string connectionString, string history = History) =>
        options.UseSqlite(connectionString, sqlite => sqlite.MigrationsHistoryTable(history)).UseSnakeCaseNamingConvention()
            .AddInterceptors(SqliteWait.Instance).ConfigureWarnings(w => w.Ignore(RelationalEventId.NonTransactionalMigrationOperationWarning));
}
