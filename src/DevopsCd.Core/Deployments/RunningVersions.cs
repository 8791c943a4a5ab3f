using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>Reads what runs where, as far as this engine put it there: the last operation of each place that succeeded, a rollback among them (R25).</summary>
internal sealed class RunningVersions(CdDbContext db)
{
    /// <param name="visible">The projects whose applications are shown.</param>
    /// <param name="search">Part of the application's name; null for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By application, stage and cluster.</returns>
    public async Task<IReadOnlyList<RunningVersion>> ListAsync(Visible visible, string? search, CancellationToken cancellationToken)
    {
        var applications = db.Applications.AsNoTracking().In(visible);
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = search.Trim().ToLowerInvariant();
            applications = applications.Where(a => a.Name.ToLower().Contains(text));
        }
        var rows = await Last(db.Deployments.Where(d => applications.Any(a => a.Id == d.Release.AppId))).Select(d => new
        {
            d.Application,
            d.Release.App.Project,
            d.Stage,
            d.Cluster,
            d.Image,
            // Of what a rollback has brought back the batch knows no more than its name.
            BuildNumber = d.Stage == Stage.Rollback ? null : d.Release.Build!.BuildNumber,
            CommitId = d.Stage == Stage.Rollback ? null : d.Release.CommitId,
            d.FinishedAt,
            d.BatchId,
            db.Batches.Single(b => b.Id == d.BatchId).BatchNumber
        }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new RunningVersion(
                r.Application, r.Project, EnumNames<Stage>.Of(r.Stage.Place()), r.Cluster, r.Image, r.BuildNumber, r.CommitId, r.FinishedAt,
                    r.BatchId, r.BatchNumber))
            .OrderBy(r => r.Application, StringComparer.Ordinal).ThenBy(r => r.Stage, StringComparer.Ordinal).ThenBy(r => r.Cluster, StringComparer.Ordinal)];
    }

    /// <summary>What runs of some applications in each cluster of a stage.</summary>
    public Task<List<RunningImage>> ImagesAsync(IReadOnlyCollection<long> applications, Stage stage, CancellationToken cancellationToken)
    {
        var stages = stage.OfSamePlace();
        return Last(db.Deployments.Where(d => stages.Contains(d.Stage) && applications.Contains(d.Release.AppId)))
            .Select(d => new RunningImage(d.Release.AppId, d.Cluster, d.Image, d.FinishedAt)).ToListAsync(cancellationToken);
    }

    private IQueryable<Deployment> Last(IQueryable<Deployment> operations)
    {
        // Operations of one place follow each other: the last row is the last that began.
        var first = Stages.Forward[0];
        var last = operations.Where(d => d.Status == OperationStatus.Succeeded)
            .GroupBy(d => new { d.Release.AppId, IsFirst = d.Stage == first, d.Cluster }).Select(g => g.Max(d => d.Id));
        return db.Deployments.AsNoTracking().Where(d => last.Contains(d.Id));
    }
}

/// <summary>The image that runs in one place.</summary>
internal sealed record RunningImage(long ApplicationId, string Cluster, string Image, DateTimeOffset? Since);

/// <summary>What runs in one place.</summary>
/// <param name="Application">The application.</param>
/// <param name="Project">Its project.</param>
/// <param name="Stage">The stage, as the API names it.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Image">The image that was deployed.</param>
/// <param name="BuildNumber">Its build.</param>
/// <param name="CommitId">Its commit.</param>
/// <param name="Since">Since when.</param>
/// <param name="BatchId">The batch that brought it.</param>
/// <param name="BatchNumber">Its number.</param>
internal sealed record RunningVersion(
    string Application, string Project, string Stage, string Cluster, string Image, string? BuildNumber, string? CommitId, DateTimeOffset? Since, long BatchId,
    string BatchNumber);
