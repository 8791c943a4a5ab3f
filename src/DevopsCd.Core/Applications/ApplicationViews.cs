using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Applications;

/// <summary>Rows of the catalogue as people see them.</summary>
internal static class ApplicationViews
{
    public static ApplicationView View(Application application, string? openBatch) => new()
    {
        Id = application.Id,
        Name = application.Name,
        Project = application.Project,
        AppType = application.AppType,
        Repository = application.Repository,
        DefaultBranch = application.DefaultBranch,
        DependsOn = application.DependsOn,
        OpenBatch = openBatch,
        Targets = [.. application.Targets.OrderBy(t => t.Stage).ThenBy(t => t.Cluster, StringComparer.Ordinal).Select(View)]
    };

    public static TargetView View(ApplicationTarget target) => new()
    {
        Stage = EnumNames<Stage>.Of(target.Stage),
        Cluster = target.Cluster,
        Namespace = target.Namespace,
        Workload = new DeployWorkload { Kind = target.WorkloadKind, Name = target.WorkloadName, Container = target.Container },
        Strategy = new DeployStrategy
        {
            Type = target.Strategy,
            Settings = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(target.StrategySettings)
        },
        Wave = target.Wave
    };

    /// <summary>Number of the open batch that an application is in; null also for one that the viewer may not see.</summary>
    public static Task<string?> OpenBatchAsync(this CdDbContext db, long applicationId, Visible visible, CancellationToken cancellationToken) =>
        db.Releases.Where(r => r.AppId == applicationId && r.IsOpen).Select(r => r.Batch).In(visible).Select(b => b.BatchNumber)
            .FirstOrDefaultAsync(cancellationToken);
}
