using System.Text;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Shared;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>How applications deploy: one target for each stage and cluster.</summary>
internal sealed class TargetCatalogue(CdDbContext db, ITargetCheck check)
{
    public const int MostWaves = 20;
    private const int MostTargets = 100;
    private const int MostSettingsBytes = 16 * 1024;
    private static readonly string[] s_kinds = ["Deployment", "StatefulSet", "DaemonSet", "Rollout", "Application", "HelmRelease", "Release"];

    /// <summary>Makes or changes a target. Open batches that are not sealed deploy by it; a seal keeps what it saw.</summary>
    /// <returns>The application, with what could not be checked in its notes, and whether the target is new.</returns>
    /// <exception cref="BatchRefusedException">A field is wrong, there is no such application, or the target has changed since it was read.</exception>
    public async Task<(ApplicationView View, bool IsNew)> PutAsync(
        string name, string stage, string cluster, TargetBody body, Visible visible, Precondition precondition, CancellationToken cancellationToken)
    {
        if (!Stages.TryForward(stage, out var place))
            throw BatchRefusedException.Content("stage", $"'{stage}' is neither pre nor prod");
        var settings = CheckShape(cluster, body);
        if (!await db.Applications.AnyAsync(a => a.Name == name, cancellationToken))
            throw Unknown(name);
        var view = new TargetView
        {
            Stage = EnumNames<Stage>.Of(place),
            Cluster = cluster,
            Namespace = body.Namespace,
            Workload = body.Workload,
            Strategy = body.Strategy ?? new DeployStrategy { Type = DeployStrategyNames.Rolling },
            Wave = body.Wave ?? 1
        };
        // Before the transaction: whoever waits for another service holds no row.
        var note = await check.CheckAsync(name, view, cancellationToken);
        var (saved, isNew) =
            await db.InTransactionAsync(() => SaveAsync(name, place, cluster, view, settings, visible, precondition, cancellationToken), cancellationToken);
        return (note is null ? saved : saved with { Notes = [note] }, isNew);
    }

    /// <summary>Removes a target. A sealed batch still deploys by it.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="BatchRefusedException">The target has changed since it was read.</exception>
    public Task<bool> RemoveAsync(string name, string stage, string cluster, Precondition precondition, CancellationToken cancellationToken) =>
        db.InTransactionAsync(async () =>
        {
            await db.LockApplicationsAsync([name], cancellationToken);
            if (!Stages.TryForward(stage, out var place)
                || await db.Targets.SingleOrDefaultAsync(t => t.Application.Name == name && t.Stage == place && t.Cluster == cluster, cancellationToken)
                    is not { } target)
                return false;
            precondition.Check($"the target {stage}/{cluster} of '{name}'", [ResourceTag.Of(ApplicationViews.View(target))]);
            db.Remove(target);
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }, cancellationToken);

    private async Task<(ApplicationView View, bool IsNew)> SaveAsync(
        string name, Stage stage, string cluster, TargetView wanted, string settings, Visible visible, Precondition precondition,
        CancellationToken cancellationToken)
    {
        await db.LockApplicationsAsync([name], cancellationToken);
        var application = await db.Applications.Include(a => a.Targets).SingleOrDefaultAsync(a => a.Name == name, cancellationToken) ?? throw Unknown(name);
        var open = await db.OpenBatchAsync(application.Id, visible, cancellationToken);
        var target = application.Targets.SingleOrDefault(t => t.Stage == stage && t.Cluster == cluster);
        // The target's own ETag, or that of the application it was read with.
        precondition.Check($"the target {wanted.Stage}/{cluster} of '{name}'",
            target is null ? null : [ResourceTag.Of(ApplicationViews.View(target)), ResourceTag.Of(ApplicationViews.View(application, open))]);
        var isNew = target is null;
        if (target is null)
        {
            if (application.Targets.Count >= MostTargets)
                throw BatchRefusedException.Content("cluster", $"an application has at most {MostTargets} targets");
            application.Targets.Add(target = new ApplicationTarget { Stage = stage, Cluster = cluster });
        }
        target.Namespace = wanted.Namespace;
        target.WorkloadKind = wanted.Workload.Kind;
        target.WorkloadName = wanted.Workload.Name;
        target.Container = wanted.Workload.Container;
        target.Strategy = wanted.Strategy.Type;
        target.StrategySettings = settings;
        target.Wave = wanted.Wave;
        await db.SaveChangesAsync(cancellationToken);
        return (ApplicationViews.View(application, open), isNew);
    }

    private static BatchRefusedException Unknown(string name) => new(RefusalKind.NotFound, $"there is no application '{name}'");

    private static string CheckShape(string cluster, TargetBody body)
    {
        CatalogueRules.Name("cluster", cluster);
        CatalogueRules.Name("namespace", body.Namespace);
        CatalogueRules.Name("workload.name", body.Workload.Name);
        if (body.Workload.Container is { } container)
            CatalogueRules.Name("workload.container", container);
        if (!s_kinds.Contains(body.Workload.Kind, StringComparer.Ordinal))
            throw BatchRefusedException.Content("workload.kind", $"must be one of: {string.Join(", ", s_kinds)}");
        if (body.Strategy is { } strategy && !DeployStrategyNames.All.Contains(strategy.Type, StringComparer.Ordinal))
            throw BatchRefusedException.Content("strategy.type", $"must be one of: {string.Join(", ", DeployStrategyNames.All)}");
        if (body.Wave is < 1 or > MostWaves)
            throw BatchRefusedException.Content("wave", $"must be 1 to {MostWaves}");
        var settings = JsonSerializer.Serialize(body.Strategy?.Settings ?? [], JsonSerializerOptions.Web);
        if (Encoding.UTF8.GetByteCount(settings) > MostSettingsBytes)
            throw BatchRefusedException.Content("strategy", $"its settings must be at most {MostSettingsBytes} bytes of JSON");
        SimulationScript.Check(settings);
        return settings;
    }
}
