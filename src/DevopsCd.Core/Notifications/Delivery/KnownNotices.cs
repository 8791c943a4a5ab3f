using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications.Composing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>
/// Watches contexts that hold new notices. Before they save, notices that were told already are left out: telling is a side effect,
/// and must not fail what it tells.
/// </summary>
internal sealed class KnownNotices(WakeSignal<Notification> signal) : ISaveChangesInterceptor
{
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (Known(eventData.Context) is { } known)
            LeaveOut(eventData.Context!, known.Select(n => n.NoticeKey + '\n' + n.Channel).ToHashSet());
        return result;
    }

    public async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (Known(eventData.Context) is { } known)
            LeaveOut(eventData.Context!, (await known.Select(n => n.NoticeKey + '\n' + n.Channel).ToListAsync(cancellationToken)).ToHashSet());
        return result;
    }

    private IQueryable<Notification>? Known(DbContext? db)
    {
        if (db is null || !db.IsAwaitingCommit(signal.Raise))
            return null;
        // A transition's key holds the batch's version, which its own lock makes unique: no round trip for those.
        var keys = db.TrackedEntries<Notification>().Where(n => n.State == EntityState.Added && n.Entity.Kind != NoticeKind.Transition)
            .Select(n => n.Entity.NoticeKey).Distinct().ToList();
        return keys.Count == 0 ? null : db.Set<Notification>().Where(n => keys.Contains(n.NoticeKey));
    }

    private static void LeaveOut(DbContext db, HashSet<string> known)
    {
        // Twice in one unit of work counts as told already, too.
        foreach (var entry in db.TrackedEntries<Notification>().Where(n => n.State == EntityState.Added).ToList())
            if (!known.Add(entry.Entity.NoticeKey + '\n' + entry.Entity.Channel))
                entry.State = EntityState.Detached;
    }
}
