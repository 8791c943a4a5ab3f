using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Freezes;

/// <summary>Lists, sets and removes freezes. Each change is in the audit of access with what was before and after.</summary>
internal sealed class FreezeDesk(CdDbContext db, FreezeCalendar calendar, AccessJournal journal, TimeProvider clock)
{
    private const int MostWindows = 5, MostInPeriod = 400;

    /// <summary>By name. A freeze of all projects is shown to everybody, another one to whoever may view one of its projects.</summary>
    public async Task<IReadOnlyList<FreezeView>> ListAsync(Visible visible, CancellationToken cancellationToken) =>
        [.. (await db.Set<Freeze>().AsNoTracking().OrderBy(f => f.Name).ToListAsync(cancellationToken)).Where(f => IsSeen(f, visible)).Select(View)];

    /// <summary>When freezes hold that may be viewed, as far as it touches a period.</summary>
    public async Task<IReadOnlyList<(string Name, string Reason, FreezeWindow Window)>> BetweenAsync(
        DateTimeOffset from, DateTimeOffset to, Visible visible, CancellationToken cancellationToken) =>
        [.. (await db.Set<Freeze>().AsNoTracking().Where(f => f.EndsAt == null || f.EndsAt > from).OrderBy(f => f.Name).ToListAsync(cancellationToken))
            .Where(f => IsSeen(f, visible))
            .SelectMany(f => calendar.Between(f, from, to, MostInPeriod).Select(window => (f.Name, calendar.Body(f).Reason, window)))];

    /// <summary>Null when there is no such freeze, or none that may be viewed.</summary>
    public async Task<FreezeView?> FindAsync(string name, Visible visible, CancellationToken cancellationToken) =>
        await StoredAsync(name, cancellationToken) is { } freeze && IsSeen(freeze, visible) ? View(freeze) : null;

    /// <summary>The projects that a freeze is about; <see cref="Projects.All" /> for all of them. Null when there is no such freeze.</summary>
    public async Task<IReadOnlyCollection<string>?> ProjectsAsync(string name, CancellationToken cancellationToken) =>
        await StoredAsync(name, cancellationToken) is { } freeze ? Concerned(calendar.Body(freeze)) : null;

    /// <summary>The projects in which whoever sets a freeze needs the right.</summary>
    public static IReadOnlyCollection<string> Concerned(FreezeBody body) => body.Projects is { Count: > 0 } named ? [.. named] : [Projects.All];

    /// <summary>Sets a freeze; one that is not there comes into being.</summary>
    /// <returns>The freeze, and whether it is new.</returns>
    /// <exception cref="BatchRefusedException">A field is wrong, or the freeze has changed since it was read.</exception>
    public async Task<(FreezeView View, bool IsNew)> PutAsync(
        string name, FreezeBody body, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (!BindingRules.IsProject(name))
            throw BatchRefusedException.Content("name", $"must be {BindingRules.ProjectWords}");
        var wrong = FreezeRules.Problems(body).GroupBy(p => p.Field, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(p => p.Allowed).ToArray(), StringComparer.Ordinal);
        if (wrong.Count > 0)
            throw BatchRefusedException.Content(wrong);
        return await db.InTransactionAsync(async () =>
        {
            var now = clock.GetUtcNow();
            await db.LockNameAsync(LockOf(name), cancellationToken);
            var freeze = await db.Set<Freeze>().SingleOrDefaultAsync(f => f.Name == name, cancellationToken);
            precondition.Check($"the freeze '{name}'", freeze is null ? null : [Tag(View(freeze))]);
            var before = freeze is null ? null : calendar.Body(freeze);
            if (freeze is null)
                db.Add(freeze = new Freeze { Name = name, CreatedAt = now });
            (freeze.Definition, freeze.EndsAt) = (FreezeRules.Write(body), FreezeRules.End(body, now));
            (freeze.UpdatedBy, freeze.UpdatedAt) = (origin.Subject.Id, now);
            journal.Changed(origin, before is null ? "freeze_added" : "freeze_changed", name, OneOf(body), before, body);
            await db.SaveChangesAsync(cancellationToken);
            return (View(freeze), before is null);
        }, cancellationToken);
    }

    /// <summary>Removes a freeze; what waited for it starts.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BatchRefusedException">It has changed since it was read.</exception>
    public Task<bool> RemoveAsync(string name, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken) =>
        db.InTransactionAsync(async () =>
        {
            await db.LockNameAsync(LockOf(name), cancellationToken);
            if (await db.Set<Freeze>().SingleOrDefaultAsync(f => f.Name == name, cancellationToken) is not { } freeze)
                return false;
            precondition.Check($"the freeze '{name}'", [Tag(View(freeze))]);
            var body = calendar.Body(freeze);
            db.Remove(freeze);
            journal.Changed(origin, "freeze_removed", name, OneOf(body), body, null);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>The ETag of a freeze is that of what was set, not of what time makes of it.</summary>
    public static string Tag(FreezeView view) => ResourceTag.Of(view.Freeze);

    private Task<Freeze?> StoredAsync(string name, CancellationToken cancellationToken) =>
        db.Set<Freeze>().AsNoTracking().SingleOrDefaultAsync(f => f.Name == name, cancellationToken);

    private bool IsSeen(Freeze freeze, Visible visible) => calendar.Body(freeze).Projects is not { } named || named.Any(visible.Contains);

    private static string? OneOf(FreezeBody body) => body.Projects is [var one] ? one : null;

    private static string LockOf(string name) => $"freeze {name}";

    private FreezeView View(Freeze freeze)
    {
        var now = clock.GetUtcNow();
        var windows = calendar.Next(freeze, now, MostWindows);
        return new FreezeView
        {
            Name = freeze.Name,
            Freeze = calendar.Body(freeze),
            Active = windows.Any(w => w.Contains(now)),
            Windows = [.. windows.Select(w => new FreezeWindowView { From = w.From, To = w.To })],
            UpdatedBy = freeze.UpdatedBy,
            UpdatedAt = freeze.UpdatedAt
        };
    }
}
