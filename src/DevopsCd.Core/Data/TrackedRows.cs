using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace DevopsCd.Core.Data;

/// <summary>
/// What a context knows already. EF Core looks for changes in all of it whenever it is asked for any, which is work for everything that is tracked; a
/// save does that anyway, and whoever wants the objects themselves does not need it.
/// </summary>
internal static class TrackedRows
{
    /// <summary>Rows of a kind as they are in memory; those to be removed are none.</summary>
    public static IEnumerable<T> Tracked<T>(this DbContext db) where T : class =>
        db.TrackedEntries<T>().Where(entry => entry.State != EntityState.Deleted).Select(entry => entry.Entity);

    /// <summary>The same with their states, of which only added and removed are certain.</summary>
    public static IReadOnlyList<EntityEntry<T>> TrackedEntries<T>(this DbContext db) where T : class =>
        db.WithoutLooking(() => db.ChangeTracker.Entries<T>().ToList());

    /// <summary>Does something for which no changes need to be looked for.</summary>
    public static TResult WithoutLooking<TResult>(this DbContext db, Func<TResult> work)
    {
        var looks = db.ChangeTracker.AutoDetectChangesEnabled;
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return work();
        }
        finally
        {
            db.ChangeTracker.AutoDetectChangesEnabled = looks;
        }
    }
}
