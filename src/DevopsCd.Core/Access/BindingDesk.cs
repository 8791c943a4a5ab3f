using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Access;

/// <summary>Lists, adds and removes bindings. Whoever may manage access in a project may do so for that project.</summary>
internal sealed class BindingDesk(CdDbContext db, RoleBook roles, AccessRights rights, AccessJournal journal, TimeProvider clock)
{
    /// <summary>Those of the configuration first, then the stored ones in the order in which they were added.</summary>
    /// <param name="visible">The projects whose bindings are shown; those of all projects are shown to whoever may see all.</param>
    /// <param name="subject">By kind and name; null for all.</param>
    /// <param name="project">Its name or <see cref="Projects.All" />; null for all.</param>
    /// <param name="after">The id of the last one before; null to begin.</param>
    /// <param name="limit">How many stored ones at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<BindingView>> ListAsync(Visible visible, string? subject, string? project, long? after, int limit,
        CancellationToken cancellationToken)
    {
        var query = db.Set<AccessBinding>().AsNoTracking().Where(b => b.Id > (after ?? 0));
        if (!visible.All)
            query = query.Where(b => visible.Projects.Contains(b.Project));
        if (subject is not null)
            query = query.Where(b => b.Subject == subject);
        if (project is not null)
            query = query.Where(b => b.Project == project);
        var rows = await query.OrderBy(b => b.Id).Take(limit + 1).ToListAsync(cancellationToken);
        var configured = after is not null ? [] : rights.Configured
            .Where(b => visible.Contains(b.Project) && (subject is null || b.Subject == subject) && (project is null || b.Project == project)).Select(View);
        return new Page<BindingView>
        {
            Items = [.. configured, .. rows.Take(limit).Select(View)],
            NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null
        };
    }

    /// <summary>Adds a binding.</summary>
    /// <returns>The binding, and whether it is new.</returns>
    /// <exception cref="BatchRefusedException">A field is wrong, or the project does not exist.</exception>
    public async Task<(BindingView View, bool IsNew)> AddAsync(BindingBody body, AccessOrigin origin, CancellationToken cancellationToken)
    {
        var wrong = BindingRules.Problems(body.Subject, body.Role, body.Project, [.. roles.All.Select(role => role.Name)]).ToDictionary(p => p.Field,
            p => new[] { p.Allowed });
        if (wrong.Count > 0)
            throw BatchRefusedException.Content(wrong);
        if (rights.Configured.FirstOrDefault(b => Same(b, body)) is { } configured)
            return (View(configured), false);
        var added = await db.InTransactionAsync(async () =>
        {
            await db.LockNameAsync(LockOf(body.Subject), cancellationToken);
            if (await FindAsync(body.Subject, body.Role, body.Project, cancellationToken) is { } known)
                return (View(known), false);
            if (body.Project != Projects.All)
                await db.RequireProjectAsync(body.Project, cancellationToken);
            var binding = new AccessBinding
            {
                Subject = body.Subject,
                Role = body.Role,
                Project = body.Project,
                CreatedBy = origin.Subject.Id,
                CreatedAt = clock.GetUtcNow()
            };
            db.Add(binding);
            journal.Changed(origin, "binding_added", body.Subject, body.Project, null, body);
            await AccessRights.ChangeAsync(db, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return (View(binding), true);
        }, cancellationToken);
        rights.Forget();
        return added;
    }

    /// <summary>Removes a binding; what it allowed is refused on every host within <see cref="AccessRights.Freshness" />.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BatchRefusedException">It stands in the configuration.</exception>
    public async Task<bool> RemoveAsync(BindingBody body, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (rights.Configured.Any(b => Same(b, body)))
            throw new BatchRefusedException(RefusalKind.Illegal,
                $"the binding of {body.Subject} stands in the configuration, {AccessOptions.Section}:bindings; remove it there");
        var removed = await db.InTransactionAsync(async () =>
        {
            await db.LockNameAsync(LockOf(body.Subject), cancellationToken);
            if (await FindAsync(body.Subject, body.Role, body.Project, cancellationToken) is not { } binding)
                return false;
            db.Remove(binding);
            journal.Changed(origin, "binding_removed", body.Subject, body.Project, body, null);
            await AccessRights.ChangeAsync(db, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        rights.Forget();
        return removed;
    }

    private Task<AccessBinding?> FindAsync(string subject, string role, string project, CancellationToken cancellationToken) =>
        db.Set<AccessBinding>().SingleOrDefaultAsync(b => b.Subject == subject && b.Role == role && b.Project == project, cancellationToken);

    private static string LockOf(string subject) => $"access {subject}";

    private static bool Same(BoundRole binding, BindingBody body) =>
        (binding.Subject, binding.Role, binding.Project) == (body.Subject, body.Role, body.Project);

    private static BindingView View(BoundRole b) => new() { Subject = b.Subject, Role = b.Role, Project = b.Project, Source = b.Source };

    private static BindingView View(AccessBinding b) => new()
    {
        Subject = b.Subject,
        Role = b.Role,
        Project = b.Project,
        Source = BindingSource.Database,
        CreatedBy = b.CreatedBy,
        CreatedAt = b.CreatedAt
    };
}
