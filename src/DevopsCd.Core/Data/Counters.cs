using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Data;

/// <summary>Takes the next value of a counter inside the present transaction; concurrent takers wait for its end.</summary>
internal static class Counters
{
    public static async Task<long> NextAsync(this CdDbContext db, string name, CancellationToken cancellationToken)
    {
        var values = await db.Database.SqlQuery<long>(
            $"INSERT INTO counters (name, value) VALUES ({name}, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value AS \"Value\"")
            .ToListAsync(cancellationToken);
        return values[0];
    }

    /// <summary>Adds one without asking for the value.</summary>
    /// <param name="db">Any context of the engine's database.</param>
    /// <param name="name">The counter.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task CountAsync(this DbContext db, string name, CancellationToken cancellationToken) => db.Database.ExecuteSqlAsync(
        $"INSERT INTO counters (name, value) VALUES ({name}, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1", cancellationToken);
}
