using Microsoft.EntityFrameworkCore;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Finds out at run time which database a context is on.</summary>
internal static class DatabaseKind
{
    public static Database Of(DbContext context) => context.Database.ProviderName switch
    {
        "Npgsql.EntityFrameworkCore.PostgreSQL" => Database.Postgres,
        "Microsoft.EntityFrameworkCore.Sqlite" => Database.Sqlite,
        var other => throw new NotSupportedException($"{context.GetType().Name} uses {other}; sagas and the outbox know PostgreSQL and SQLite"),
    };
}
