using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Reads what people want to see of a batch beside what the API tells of it: whose commits go, and when what is tried again is tried next.</summary>
internal sealed class BatchFootnotes(CdDbContext db, DeployOptions deploy)
{
    /// <summary>How often an operation is submitted at most.</summary>
    public int MostTries => deploy.RetryCount + 1;

    /// <summary>The commit of each application's build, by the application's name; one without a build is left out.</summary>
    public async Task<IReadOnlyDictionary<string, (string? Author, string? Message)>> CommitsAsync(long batchId, CancellationToken cancellationToken) =>
        (await db.Releases.AsNoTracking().Where(r => r.BatchId == batchId && r.BuildId != null)
            .Select(r => new { r.App.Name, r.Build!.CommitAuthor, r.Build.CommitMessage }).ToListAsync(cancellationToken))
            .ToDictionary(r => r.Name, r => (r.CommitAuthor, r.CommitMessage), StringComparer.Ordinal);

    /// <summary>When the deploy service is asked next about what is in flight, by the operation's id.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> NextCallsAsync(long batchId, CancellationToken cancellationToken) =>
        (await db.Deployments.AsNoTracking()
            .Where(d => d.BatchId == batchId && (d.Status == OperationStatus.Pending || d.Status == OperationStatus.Progressing) && d.NextActionAt != null)
            .Select(d => new { d.OperationId, d.NextActionAt }).ToListAsync(cancellationToken))
            .ToDictionary(d => d.OperationId, d => d.NextActionAt!.Value, StringComparer.Ordinal);
}
