using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>The applications that can be released, and how they deploy.</summary>
internal sealed class ApplicationCatalogue(CdDbContext db, BuildIntake intake, TimeProvider clock)
{
    private static readonly string[] s_kinds = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Application", "HelmRelease", "Release"];

    /// <exception cref="BatchRefused">A field is wrong, or the name is taken.</exception>
    public async Task<ApplicationView> Add(NewApplication body, CancellationToken cancellationToken)
    {
        Name("name", body.Name);
        foreach (var dependency in body.DependsOn ?? [])
            Name("dependsOn", dependency);
        if (body.DependsOn?.Contains(body.Name) == true)
            throw BatchRefused.Content("dependsOn", "an application cannot depend on itself");
        return await db.InTransaction(() => Register(body, cancellationToken), cancellationToken);
    }

    private async Task<ApplicationView> Register(NewApplication body, CancellationToken cancellationToken)
    {
        if (await db.Applications.AnyAsync(a => a.Name == body.Name, cancellationToken))
            throw new BatchRefused(RefusalKind.Illegal, $"the application '{body.Name}' is registered already");
        var application = new Application
        {
            Name = body.Name,
            AppType = body.AppType ?? "",
            Repository = body.Repository,
            DefaultBranch = string.IsNullOrWhiteSpace(body.DefaultBranch) ? "main" : body.DefaultBranch,
            DependsOn = [.. body.DependsOn ?? []],
            CreatedAt = clock.GetUtcNow()
        };
        db.Applications.Add(application);
        await db.SaveChangesAsync(cancellationToken);
        await intake.Adopt(application.Id, application.Name, cancellationToken);
        return View(application, null);
    }

    /// <summary>By name.</summary>
    public async Task<Page<ApplicationView>> List(string? search, long? after, int limit, CancellationToken cancellationToken)
    {
        var query = db.Applications.AsNoTracking().Include(a => a.Targets).Where(a => a.Id > (after ?? 0));
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = search.Trim().ToLowerInvariant();
            query = query.Where(a => a.Name.ToLower().Contains(text));
        }
        var rows = await query.OrderBy(a => a.Id).Take(limit + 1)
            .Select(a => new { App = a, a.Targets, Open = db.Releases.Where(r => r.AppId == a.Id && r.IsOpen).Select(r => r.Batch.BatchNumber).FirstOrDefault() })
            .ToListAsync(cancellationToken);
        return new Page<ApplicationView>
        {
            Items = [.. rows.Take(limit).Select(r => View(r.App, r.Open))],
            NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].App.Id) : null
        };
    }

    /// <exception cref="BatchRefused">A field is wrong, or there is no such application.</exception>
    public async Task<ApplicationView> PutTarget(string name, string stage, string cluster, TargetBody body, CancellationToken cancellationToken)
    {
        if (!SnakeCaseConverter<Stage>.TryValue(stage, out var place))
            throw BatchRefused.Content("stage", $"'{stage}' is neither pre nor prod");
        Name("cluster", cluster);
        Name("namespace", body.Namespace);
        Name("workload.name", body.Workload.Name);
        if (!s_kinds.Contains(body.Workload.Kind, StringComparer.Ordinal))
            throw BatchRefused.Content("workload.kind", $"must be one of: {string.Join(", ", s_kinds)}");
        var application = await db.Applications.Include(a => a.Targets).SingleOrDefaultAsync(a => a.Name == name, cancellationToken)
            ?? throw new BatchRefused(RefusalKind.NotFound, $"there is no application '{name}'");
        var target = application.Targets.SingleOrDefault(t => t.Stage == place && t.Cluster == cluster);
        if (target is null)
            application.Targets.Add(target = new ApplicationTarget { Stage = place, Cluster = cluster });
        target.Namespace = body.Namespace;
        target.WorkloadKind = body.Workload.Kind;
        target.WorkloadName = body.Workload.Name;
        target.Container = body.Workload.Container;
        target.Strategy = body.Strategy?.Type ?? "rolling";
        target.StrategySettings = JsonSerializer.Serialize(body.Strategy?.Settings ?? [], JsonSerializerOptions.Web);
        SimulationScript.Check(target.StrategySettings);
        await db.SaveChangesAsync(cancellationToken);
        return View(application, null);
    }

    private static void Name(string field, string value)
    {
        if (value.Length is 0 or > 100 || value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-')))
            throw BatchRefused.Content(field, $"'{value}' must be 1 to 100 letters, digits, '.', '_' or '-'");
    }

    private static ApplicationView View(Application a, string? open) => new()
    {
        Id = a.Id,
        Name = a.Name,
        AppType = a.AppType,
        Repository = a.Repository,
        DefaultBranch = a.DefaultBranch,
        DependsOn = a.DependsOn,
        OpenBatch = open,
        Targets = [.. a.Targets.OrderBy(t => t.Stage).ThenBy(t => t.Cluster, StringComparer.Ordinal).Select(t => new TargetView
        {
            Stage = SnakeCaseConverter<Stage>.Name(t.Stage),
            Cluster = t.Cluster,
            Namespace = t.Namespace,
            Workload = new DeployWorkload { Kind = t.WorkloadKind, Name = t.WorkloadName, Container = t.Container },
            Strategy = new DeployStrategy { Type = t.Strategy, Settings = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(t.StrategySettings) }
        })]
    };
}
