using System.Globalization;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>The applications that can be released.</summary>
internal sealed class ApplicationCatalogue(CdDbContext db, TargetReview review, BuildIntake intake, AccessJournal journal, TimeProvider clock)
{
    private const int LongestType = 100;
    private const int LongestBranch = 255;

    /// <summary>Registers an application, with its targets in one transaction.</summary>
    /// <returns>The application, with what could not be checked in its notes.</returns>
    /// <exception cref="BatchRefusedException">A field is wrong, or the name is taken.</exception>
    public async Task<ApplicationView> AddAsync(NewApplication body, CancellationToken cancellationToken)
    {
        CatalogueRules.Name("name", body.Name);
        Check(body.Name, body.AppType, body.DefaultBranch, body.Repository, body.DependsOn);
        var targets = WantedTarget.Of(body.Targets);
        var notes = await review.AskAsync(body.Name, targets, cancellationToken);
        return await db.InTransactionAsync(() => RegisterAsync(body, targets, cancellationToken), cancellationToken) with { Notes = notes };
    }

    /// <summary>Changes an application, with its targets in one transaction.</summary>
    /// <returns>The application, with what could not be checked in its notes.</returns>
    /// <exception cref="BatchRefusedException">
    /// A field is wrong, there is no such application, it is in an open batch and is to move, or it has changed since it was read.
    /// </exception>
    public async Task<ApplicationView> ChangeAsync(
        string name, ApplicationChange change, Visible visible, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (change is { Project: null, AppType: null, Repository: null, DefaultBranch: null, DependsOn: null, Targets: null })
            throw BatchRefusedException.Content("project", "say what to change: project, appType, repository, defaultBranch, dependsOn or targets");
        Check(name, change.AppType, change.DefaultBranch, change.Repository, change.DependsOn);
        var targets = WantedTarget.Of(change.Targets);
        // Nobody else is asked about what is not there.
        if (targets.Count > 0 && !await db.Applications.AnyAsync(a => a.Name == name, cancellationToken))
            throw Unknown(name);
        var notes = await review.AskAsync(name, targets, cancellationToken);
        return await db.InTransactionAsync(() => SetAsync(name, change, targets, visible, precondition, origin, cancellationToken), cancellationToken)
            with
        { Notes = notes };
    }

    private async Task<ApplicationView> SetAsync(string name, ApplicationChange change, IReadOnlyList<WantedTarget> targets, Visible visible,
        Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (change.Project is { } project)
            await db.RequireProjectAsync(project, cancellationToken);
        await db.LockApplicationsAsync([name], cancellationToken);
        var application = await FindLockedAsync(name, visible, precondition, cancellationToken);
        if (change.Project is { } target && target != application.Project)
            await MoveAsync(application, target, visible, origin, cancellationToken);
        application.AppType = change.AppType ?? application.AppType;
        application.Repository = change.Repository is null ? application.Repository : change.Repository.Length == 0 ? null : change.Repository;
        application.DefaultBranch = string.IsNullOrWhiteSpace(change.DefaultBranch) ? application.DefaultBranch : GitRef.Short(change.DefaultBranch);
        application.DependsOn = change.DependsOn is { } dependsOn ? [.. dependsOn] : application.DependsOn;
        foreach (var wanted in targets)
            wanted.Set(application);
        await db.SaveChangesAsync(cancellationToken);
        return ApplicationViews.View(application, await db.OpenBatchAsync(application.Id, visible, cancellationToken));
    }

    /// <summary>Never while a batch has it: the batch would be released by other people under another policy from one moment to the next.</summary>
    private async Task MoveAsync(Application application, string project, Visible visible, AccessOrigin origin, CancellationToken cancellationToken)
    {
        if (await db.TakenAsync([application.Id], visible, cancellationToken) is { } taken)
            throw new BatchRefusedException(RefusalKind.Illegal, $"{taken}; it can move when that has ended");
        journal.Changed(origin, "application_moved", application.Name, project, new { project = application.Project }, new { project });
        application.Project = project;
    }

    /// <summary>
    /// Removes an application with its targets. Nothing offers it any more, and its name may be registered again, as another application. What
    /// batches have done with it, and its builds, stay as they are.
    /// </summary>
    /// <exception cref="BatchRefusedException">There is no such application, it is in an open batch, or it has changed since it was read.</exception>
    public Task RemoveAsync(string name, Visible visible, Precondition precondition, AccessOrigin origin, CancellationToken cancellationToken) =>
        db.InTransactionAsync(async () =>
        {
            await db.LockApplicationsAsync([name], cancellationToken);
            var application = await FindLockedAsync(name, visible, precondition, cancellationToken);
            if (await db.TakenAsync([application.Id], visible, cancellationToken) is { } taken)
                throw new BatchRefusedException(RefusalKind.Illegal, $"{taken}; it can be removed when that has ended");
            journal.Changed(origin, "application_removed", name, application.Project, ApplicationViews.View(application, null), null);
            db.RemoveRange(application.Targets);
            application.RemovedAt = clock.GetUtcNow();
        }, cancellationToken);

    private async Task<Application> FindLockedAsync(string name, Visible visible, Precondition precondition, CancellationToken cancellationToken)
    {
        var application = await db.Applications.Include(a => a.Targets).SingleOrDefaultAsync(a => a.Name == name, cancellationToken)
            ?? throw Unknown(name);
        var open = await db.OpenBatchAsync(application.Id, visible, cancellationToken);
        precondition.Check($"the application '{name}'", [ResourceTag.Of(ApplicationViews.View(application, open))]);
        return application;
    }

    private static BatchRefusedException Unknown(string name) => new(RefusalKind.NotFound, $"there is no application '{name}'");

    private static void Check(string name, string? appType, string? defaultBranch, string? repository, IReadOnlyList<string>? dependsOn)
    {
        CatalogueRules.Text("appType", appType, LongestType);
        CatalogueRules.Text("defaultBranch", defaultBranch, LongestBranch);
        CatalogueRules.Repository(repository);
        foreach (var dependency in dependsOn ?? [])
            CatalogueRules.Name("dependsOn", dependency);
        if (dependsOn?.Contains(name) == true)
            throw BatchRefusedException.Content("dependsOn", "an application cannot depend on itself");
    }

    private async Task<ApplicationView> RegisterAsync(NewApplication body, IReadOnlyList<WantedTarget> targets, CancellationToken cancellationToken)
    {
        if (body.Project is { } project)
            await db.RequireProjectAsync(project, cancellationToken);
        var key = body.Name.ToLowerInvariant();
        await db.LockNameAsync(key, cancellationToken);
        if (await db.Applications.Where(a => a.Name.ToLower() == key).Select(a => a.Name).FirstOrDefaultAsync(cancellationToken) is { } taken)
            throw new BatchRefusedException(RefusalKind.Illegal, taken == body.Name
                ? (Sentence)$"the application '{body.Name}' is registered already"
                : (Sentence)$"the application '{taken}' is registered already, and '{body.Name}' differs from it in letter case only");
        var application = new Application
        {
            Name = body.Name,
            Project = body.Project ?? Application.DefaultProject,
            AppType = body.AppType ?? "",
            Repository = body.Repository,
            DefaultBranch = string.IsNullOrWhiteSpace(body.DefaultBranch) ? "main" : GitRef.Short(body.DefaultBranch),
            DependsOn = [.. body.DependsOn ?? []],
            CreatedAt = clock.GetUtcNow()
        };
        foreach (var wanted in targets)
            wanted.Set(application);
        db.Add(application);
        await db.SaveChangesAsync(cancellationToken);
        await intake.AdoptAsync(application, cancellationToken);
        return ApplicationViews.View(application, null);
    }

    /// <summary>One application, or null.</summary>
    public async Task<ApplicationView?> FindAsync(string name, Visible visible, CancellationToken cancellationToken)
    {
        var application = await db.Applications.AsNoTracking().Include(a => a.Targets).SingleOrDefaultAsync(a => a.Name == name, cancellationToken);
        return application is null ? null : ApplicationViews.View(application, await db.OpenBatchAsync(application.Id, visible, cancellationToken));
    }

    /// <summary>By name.</summary>
    public async Task<Page<ApplicationView>> ListAsync(Visible visible, string? search, long? after, int limit, CancellationToken cancellationToken)
    {
        var query = db.Applications.AsNoTracking().Include(a => a.Targets).Where(a => a.Id > (after ?? 0)).In(visible);
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = search.Trim().ToLower(CultureInfo.InvariantCulture);
            query = query.Where(a => a.Name.ToLower().Contains(text));
        }
        var batches = db.Batches.In(visible);
        var rows = await query.OrderBy(a => a.Id).Take(limit + 1)
            .Select(a => new
            {
                App = a,
                Open = batches.Where(b => b.Releases.Any(r => r.AppId == a.Id && r.IsOpen)).Select(b => b.BatchNumber).FirstOrDefault()
            })
            .ToListAsync(cancellationToken);
        return new Page<ApplicationView>
        {
            Items = [.. rows.Take(limit).Select(r => ApplicationViews.View(r.App, r.Open))],
            NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].App.Id) : null
        };
    }
}
