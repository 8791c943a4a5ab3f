using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Builds;

/// <summary>Reads of builds.</summary>
internal sealed class BuildQueries(CdDbContext db)
{
    /// <summary>The newest successful build of a branch: by finish time, then by number, never by arrival (R2).</summary>
    public Task<Build?> Newest(long applicationId, string branch, CancellationToken cancellationToken) =>
        db.Builds.Where(b => b.ApplicationId == applicationId && b.Branch == branch && b.BuildStatus == BuildStatus.Success)
            .OrderByDescending(b => b.OrderedAt).ThenByDescending(b => b.BuildOrder).ThenByDescending(b => b.Id)
            .FirstOrDefaultAsync(cancellationToken);

    public Task<Build?> Find(long applicationId, string number, CancellationToken cancellationToken) =>
        db.Builds.SingleOrDefaultAsync(b => b.ApplicationId == applicationId && b.BuildNumber == number, cancellationToken);

    /// <summary>Newest arrival first.</summary>
    public async Task<Page<BuildView>> List(string? application, string? branch, bool? matched, long? before, int limit, CancellationToken cancellationToken)
    {
        var query = db.Builds.AsNoTracking();
        if (!string.IsNullOrEmpty(application))
            query = query.Where(b => b.ApplicationName == application);
        if (!string.IsNullOrEmpty(branch))
            query = query.Where(b => b.Branch == branch);
        if (matched is { } wanted)
            query = query.Where(b => b.ApplicationId != null == wanted);
        if (before is { } id)
            query = query.Where(b => b.Id < id);
        var rows = await query.OrderByDescending(b => b.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<BuildView> { Items = [.. rows.Take(limit).Select(View)], NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null };
    }

    private static BuildView View(Build b) => new()
    {
        Id = b.Id,
        Application = b.ApplicationName,
        Matched = b.ApplicationId is not null,
        BuildNumber = b.BuildNumber,
        Branch = b.Branch,
        CommitId = b.CommitId,
        CommitMessage = b.CommitMessage,
        CommitAuthor = b.CommitAuthor,
        ImageName = b.ImageName,
        ImageTag = b.ImageTag,
        ImageDigest = b.ImageDigest,
        Status = b.BuildStatus,
        Source = b.Source,
        Link = b.Link,
        FinishedAt = b.FinishedAt,
        ReceivedAt = b.ReceivedAt
    };
}
