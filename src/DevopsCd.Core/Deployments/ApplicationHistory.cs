using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>Reads what was deployed of an application, and by which batch.</summary>
internal sealed class ApplicationHistory(CdDbContext db)
{
    /// <summary>Newest first; only what batches have done that are in view.</summary>
    public async Task<IReadOnlyList<PastDeployment>> OfAsync(long applicationId, Visible visible, int limit, CancellationToken cancellationToken)
    {
        var batches = db.Batches.In(visible);
        var rows = await db.Deployments.AsNoTracking().Where(d => d.Release.AppId == applicationId && batches.Any(b => b.Id == d.BatchId))
            .OrderByDescending(d => d.Id).Take(limit).Select(d => new
            {
                d.OperationId,
                d.Stage,
                d.Cluster,
                d.Status,
                d.Image,
                d.Error,
                d.StartedAt,
                d.BatchId,
                db.Batches.Single(b => b.Id == d.BatchId).BatchNumber
            }).ToListAsync(cancellationToken);
        return [.. rows.Select(r => new PastDeployment(r.OperationId, EnumNames<Stage>.Of(r.Stage), r.Cluster, EnumNames<OperationStatus>.Of(r.Status), r.Image,
            r.Error, r.StartedAt, r.BatchId, r.BatchNumber))];
    }
}

/// <summary>A deployment of an application.</summary>
/// <param name="OperationId">Its id at the deploy service.</param>
/// <param name="Stage">The stage, as the API names it.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Status">How it stands or ended, as the API names it.</param>
/// <param name="Image">What was deployed.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="BatchId">The batch.</param>
/// <param name="BatchNumber">The batch's number.</param>
internal sealed record PastDeployment(
    string OperationId, string Stage, string Cluster, string Status, string Image, string? Error, DateTimeOffset StartedAt, long BatchId, string BatchNumber);
