using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>How long the last operations took that have succeeded, for what is usual.</summary>
internal sealed class OperationTimes(CdDbContext db)
{
    private const int Most = 20_000;

    /// <param name="applications">Of which.</param>
    /// <param name="stages">In which stages.</param>
    /// <param name="each">How many of each application and cluster at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By application, stage and cluster, the last one first.</returns>
    public async Task<IReadOnlyDictionary<OperationPlace, IReadOnlyList<TimeSpan>>> LastAsync(
        IReadOnlyCollection<string> applications, IReadOnlyList<Stage> stages, int each, CancellationToken cancellationToken)
    {
        var last = await db.Deployments.AsNoTracking()
            .Where(d => stages.Contains(d.Stage) && d.Status == OperationStatus.Succeeded && d.FinishedAt != null && applications.Contains(d.Application))
            .OrderByDescending(d => d.Id).Take(Math.Min(applications.Count * each * stages.Count, Most))
            .Select(d => new { d.Application, d.Stage, d.Cluster, d.StartedAt, d.FinishedAt }).ToListAsync(cancellationToken);
        return last.GroupBy(d => new OperationPlace(d.Application, d.Stage, d.Cluster))
            .ToDictionary(g => g.Key, g => (IReadOnlyList<TimeSpan>)[.. g.Take(each).Select(d => d.FinishedAt!.Value - d.StartedAt)]);
    }
}

/// <summary>Where operations are alike.</summary>
internal sealed record OperationPlace(string Application, Stage Stage, string Cluster);
