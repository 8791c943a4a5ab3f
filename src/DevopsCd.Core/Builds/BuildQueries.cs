using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Builds;

/// <summary>Reads of builds.</summary>
internal sealed class BuildQueries(CdDbContext db)
{
    /// <summary>The newest successful build of a branch that is still offered (R2); <see cref="BuildPlace" /> has put them in order.</summary>
    public Task<Build?> NewestAsync(long applicationId, string branch, CancellationToken cancellationToken) =>
        db.Builds.Where(b => b.ApplicationId == applicationId && b.Branch == branch && b.BuildStatus == BuildStatus.Success && !b.Superseded)
            .OrderByDescending(b => b.OrderedAt).ThenByDescending(b => b.Id)
            .FirstOrDefaultAsync(cancellationToken);

    /// <summary>The same for many applications, each with a branch, by their names; what has none is left out.</summary>
    public async Task<IReadOnlyDictionary<(string Application, string Branch), BuildView>> NewestAsync(
        Visible visible, IReadOnlyCollection<(string Application, string Branch)> wanted, CancellationToken cancellationToken)
    {
        var (applications, branches) = (wanted.Select(w => w.Application).Distinct().ToList(), wanted.Select(w => GitRef.Short(w.Branch)).Distinct().ToList());
        var newest = await db.Builds.AsNoTracking().In(visible)
            .Where(b => b.Application != null && b.Application.RemovedAt == null && applications.Contains(b.ApplicationName) && branches.Contains(b.Branch)
                && b.BuildStatus == BuildStatus.Success && !b.Superseded)
            .GroupBy(b => new { b.ApplicationName, b.Branch })
            .Select(g => g.OrderByDescending(b => b.OrderedAt).ThenByDescending(b => b.Id).First().Id).ToListAsync(cancellationToken);
        var found = (await db.Builds.AsNoTracking().Include(b => b.Application).Where(b => newest.Contains(b.Id)).ToListAsync(cancellationToken))
            .ToDictionary(b => (b.ApplicationName, b.Branch));
        return wanted.Where(w => found.ContainsKey((w.Application, GitRef.Short(w.Branch))))
            .ToDictionary(w => w, w => View(found[(w.Application, GitRef.Short(w.Branch))]));
    }

    public Task<Build?> FindAsync(long applicationId, string number, CancellationToken cancellationToken) =>
        db.Builds.SingleOrDefaultAsync(b => b.ApplicationId == applicationId && b.BuildNumber == number, cancellationToken);

    /// <summary>The newest successful build of an application with an image, by digest where the reference has one; null when none is known.</summary>
    public Task<Build?> OfImageAsync(long applicationId, string reference, CancellationToken cancellationToken)
    {
        var image = ImageReference.Parse(reference);
        var found = db.Builds.Where(b => b.ApplicationId == applicationId && b.BuildStatus == BuildStatus.Success && b.ImageName == image.Name);
        found = image.Digest is { } digest ? found.Where(b => b.ImageDigest == digest) : found.Where(b => b.ImageTag == image.Tag);
        return found.OrderByDescending(b => b.Id).FirstOrDefaultAsync(cancellationToken);
    }

    public async Task<BuildView?> GetAsync(long id, CancellationToken cancellationToken) =>
        await db.Builds.AsNoTracking().Include(b => b.Application).SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } build ? View(build) : null;

    /// <summary>Newest arrival first.</summary>
    public async Task<Page<BuildView>> ListAsync(Visible visible, string? application, string? branch, bool? matched, long? before, int limit,
        CancellationToken cancellationToken)
    {
        var query = db.Builds.AsNoTracking().Include(b => b.Application).In(visible);
        if (!string.IsNullOrEmpty(application))
            query = query.Where(b => b.ApplicationName == application);
        if (!string.IsNullOrEmpty(branch))
            query = query.Where(b => b.Branch == GitRef.Short(branch));
        if (matched is { } wanted)
            query = query.Where(b => (b.Application != null && b.Application.RemovedAt == null) == wanted);
        if (before is { } id)
            query = query.Where(b => b.Id < id);
        var rows = await query.OrderByDescending(b => b.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<BuildView> { Items = [.. rows.Take(limit).Select(View)], NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null };
    }

    private static BuildView View(Build b) => new()
    {
        Id = b.Id,
        Application = b.ApplicationName,
        Matched = b.Application is { RemovedAt: null },
        BuildNumber = b.BuildNumber,
        Attempt = b.Attempt,
        Branch = b.Branch,
        CommitId = b.CommitId,
        CommitMessage = b.CommitMessage,
        CommitAuthor = b.CommitAuthor,
        ImageName = b.ImageName,
        ImageTag = b.ImageTag,
        ImageDigest = b.ImageDigest,
        Status = b.BuildStatus,
        Withdrawn = b.Withdrawn,
        Superseded = b.Superseded,
        Source = b.Source,
        Link = b.Link,
        FinishedAt = b.FinishedAt,
        OrderedBy = EnumNames<BuildOrdering>.Of(b.OrderedBy),
        ReceivedAt = b.ReceivedAt
    };
}
