using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MassTransit.EntityFrameworkCoreIntegration;

/// <summary>Finds out at run time which database a context is on.</summary>
internal static class DatabaseKind
{
    // By model, which belongs to one provider: EF works the provider's name out of its assembly anew each time, and every event asks several times.
    private static readonly ConditionalWeakTable<IModel, object> s_known = [];

    public static Database Of(DbContext context) => Find(context)
        ?? throw new NotSupportedException($"{context.GetType().Name} uses {context.Database.ProviderName}; sagas and the outbox know PostgreSQL and SQLite");

    /// <summary>Null for a database the outbox does not know.</summary>
    public static Database? Find(DbContext context)
    {
        var model = context.Model;
        if (s_known.TryGetValue(model, out var known))
            return (Database)known;

        Database? database = context.Database.ProviderName switch
        {
            "Npgsql.EntityFrameworkCore.PostgreSQL" => Database.Postgres,
            "Microsoft.EntityFrameworkCore.Sqlite" => Database.Sqlite,
            _ => null,
        };
        if (database is { } value)
            s_known.AddOrUpdate(model, value);
        return database;
    }
}
