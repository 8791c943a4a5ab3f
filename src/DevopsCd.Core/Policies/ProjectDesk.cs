using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Policies;

/// <summary>Lists, sets and removes projects. The default project is there without a row.</summary>
internal sealed class ProjectDesk(CdDbContext db, PolicyRules rules, AccessJournal journal, AccessRights rights, TimeProvider clock)
{
    /// <summary>Those that somebody may view, by name.</summary>
    public async Task<IReadOnlyList<ProjectView>> ListAsync(Visible visible, CancellationToken cancellationToken)
    {
        var query = db.Set<Project>().AsNoTracking();
        if (!visible.All)
            query = query.Where(p => visible.Projects.Contains(p.Name));
        var rows = await query.ToListAsync(cancellationToken);
        if (visible.Contains(Projects.Default) && rows.TrueForAll(p => p.Name != Projects.Default))
            rows.Add(new Project { Name = Projects.Default });
        return [.. rows.OrderBy(p => p.Name, StringComparer.Ordinal).Select(View)];
    }

    /// <summary>Null when there is no such project.</summary>
    public async Task<ProjectView?> FindAsync(string name, CancellationToken cancellationToken) =>
        await db.Set<Project>().AsNoTracking().SingleOrDefaultAsync(p => p.Name == name, cancellationToken) is { } project ? View(project)
        : name == Projects.Default ? View(new Project { Name = name })
        : null;

    /// <summary>Sets the policy of a project; one that is not there comes into being.</summary>
    /// <returns>The project, and whether it is new.</returns>
    /// <exception cref="BatchRefusedException">The name or the policy is wrong, or the project has changed since it was read.</exception>
    public async Task<(ProjectView View, bool IsNew)> PutAsync(
        string name, ProjectPolicyBody policy, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (!BindingRules.IsProject(name))
            throw BatchRefusedException.Content("name", $"must be {BindingRules.ProjectWords}");
        var wrong = rules.Problems(policy).GroupBy(p => p.Field, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(p => p.Allowed).ToArray(), StringComparer.Ordinal);
        if (wrong.Count > 0)
            throw BatchRefusedException.Content(wrong);
        return await db.InTransactionAsync(() => SetAsync(name, policy, precondition, origin, cancellationToken), cancellationToken);
    }

    /// <summary>Removes a project that has no applications, and with it the bindings that were given in it.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BatchRefusedException">
    /// It is the default project, applications or open batches belong to it, or it has changed since it was read.
    /// </exception>
    public async Task<bool> RemoveAsync(string name, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (name == Projects.Default)
            throw new BatchRefusedException(RefusalKind.Illegal, $"the project '{name}' cannot be removed: it takes what belongs to no other project");
        var removed = await db.InTransactionAsync(async () =>
        {
            await db.LockProjectAsync(name, cancellationToken);
            if (await db.Set<Project>().SingleOrDefaultAsync(p => p.Name == name, cancellationToken) is not { } project)
                return false;
            precondition.Check($"the project '{name}'", [Tag(View(project))]);
            await RefuseUsedAsync(name, origin.Subject, cancellationToken);
            foreach (var binding in await db.Set<AccessBinding>().Where(b => b.Project == name).ToListAsync(cancellationToken))
            {
                db.Remove(binding);
                journal.Changed(origin, "binding_removed", binding.Subject, name,
                    new BindingBody { Subject = binding.Subject, Role = binding.Role, Project = name }, null);
            }
            db.Remove(project);
            journal.Changed(origin, "project_removed", name, name, PolicyRules.Parse(project.Policy), null);
            await AccessRights.ChangeAsync(db, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);
        rights.Forget();
        return removed;
    }

    /// <summary>The ETag of a project is that of its policy.</summary>
    public static string Tag(ProjectView view) => ResourceTag.Of(view);

    private async Task<(ProjectView View, bool IsNew)> SetAsync(
        string name, ProjectPolicyBody policy, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        await db.LockProjectAsync(name, cancellationToken);
        var project = await db.Set<Project>().SingleOrDefaultAsync(p => p.Name == name, cancellationToken);
        var before = project is not null || name == Projects.Default ? View(project ?? new Project { Name = name }) : null;
        precondition.Check($"the project '{name}'", before is null ? null : [Tag(before)]);
        if (project is null)
            db.Add(project = new Project { Name = name, CreatedAt = clock.GetUtcNow() });
        (project.Policy, project.UpdatedBy, project.UpdatedAt) = (PolicyRules.Write(policy), origin.Subject.Id, clock.GetUtcNow());
        journal.Changed(origin, before is null ? "project_created" : "policy_changed", name, name, before?.Policy, policy);
        await db.SaveChangesAsync(cancellationToken);
        return (View(project), before is null);
    }

    private async Task RefuseUsedAsync(string name, Subject asker, CancellationToken cancellationToken)
    {
        const int most = 5;
        var applications = await db.Applications.Where(a => a.Project == name).OrderBy(a => a.Name).Select(a => a.Name).Take(most)
            .ToListAsync(cancellationToken);
        if (applications.Count > 0)
            throw new BatchRefusedException(RefusalKind.Illegal,
                $"applications belong to the project '{name}': {string.Join(", ", applications)}; move them first");
        var ended = BatchStatus.All.Select(s => s.Name).Where(BatchStatus.Ended).ToList();
        var open = db.Batches.Where(b => b.Project == name && !ended.Contains(b.Status));
        if (!await open.AnyAsync(cancellationToken))
            return;
        var visible = (await rights.PresentAsync(cancellationToken)).Where(asker, Permissions.View);
        var batches = await open.In(visible).OrderBy(b => b.Id).Select(b => b.BatchNumber).Take(most).ToListAsync(cancellationToken);
        throw new BatchRefusedException(RefusalKind.Illegal, batches.Count > 0
            ? (Sentence)$"open batches belong to the project '{name}': {string.Join(", ", batches)}"
            : (Sentence)$"open batches belong to the project '{name}'; you may not view them");
    }

    private ProjectView View(Project project) => new()
    {
        Name = project.Name,
        Policy = PolicyRules.Parse(project.Policy),
        Effective = PolicyRules.View(rules.Complete(PolicyRules.Parse(project.Policy))),
        UpdatedBy = project.UpdatedBy.Length == 0 ? null : project.UpdatedBy,
        UpdatedAt = project.UpdatedBy.Length == 0 ? null : project.UpdatedAt
    };
}
