using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Deployments;

/// <summary>The one answer to what runs where (R25): written with every operation that succeeds, a rollback among them, in its transaction.</summary>
internal sealed class LiveVersions(CdDbContext db, BuildQueries builds)
{
    private readonly List<ReadAhead> _ahead = [];

    /// <summary>Another transaction begins: what was read in the one before may not be so any more.</summary>
    public void Forget() => _ahead.Clear();

    /// <summary>
    /// Adds to other queries what <see cref="WriteAsync" /> needs of operations that may have succeeded, so that it takes no round trip of its own.
    /// </summary>
    public void ReadWith(QueryBatch queries, List<string> operationIds) => _ahead.Add(new ReadAhead([.. operationIds],
        queries.Add(db.Deployments.Where(d => operationIds.Contains(d.OperationId)).Select(d => new Released(d.ReleaseId, d.Release.AppId, d.Release.BuildId))),
        queries.Add(db.Set<LiveVersion>().Where(
            v => db.Deployments.Any(d => operationIds.Contains(d.OperationId) && d.Release.AppId == v.ApplicationId)))));

    /// <summary>Writes what operations have brought, which this transaction has seen to succeed.</summary>
    public async Task WriteAsync(IReadOnlyCollection<Deployment> succeeded, CancellationToken cancellationToken)
    {
        if (succeeded.Count == 0)
        {
            _ahead.Clear();
            return;
        }
        List<string> unread = [.. succeeded.Select(d => d.OperationId).Where(id => !_ahead.Exists(known => known.OperationIds.Contains(id)))];
        if (unread.Count > 0)
        {
            var queries = new QueryBatch(db);
            ReadWith(queries, unread);
            await queries.ReadAsync(cancellationToken);
        }
        var byId = _ahead.SelectMany(known => known.Releases).DistinctBy(r => r.Id).ToDictionary(r => r.Id);
        var versions = _ahead.SelectMany(known => known.Present).Distinct().ToDictionary(v => (v.ApplicationId, v.Stage, v.Cluster));
        _ahead.Clear();
        foreach (var operation in succeeded.OrderBy(d => d.Id))
        {
            var release = byId[operation.ReleaseId];
            var place = (release.ApplicationId, operation.Stage.Place(), operation.Cluster);
            if (!versions.TryGetValue(place, out var version))
            {
                versions[place] = version = new LiveVersion { ApplicationId = place.ApplicationId, Stage = place.Item2, Cluster = place.Cluster };
                db.Add(version);
            }
            version.Become(operation, operation.Stage.GoesBack()
                ? (await builds.OfImageAsync(release.ApplicationId, operation.Image, cancellationToken))?.Id
                : release.BuildId);
        }
    }

    /// <summary>
    /// Writes what operations have brought that succeeded in the hands of a host that knows nothing of these rows: one of a version before them runs
    /// beside this one in an upgrade, and alone again after it where it was taken back.
    /// </summary>
    /// <param name="from">The id of the first operation that may have been missed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The places that were written, and the first operation that may be missed from now on.</returns>
    public async Task<(int Written, long From)> CatchUpAsync(long from, CancellationToken cancellationToken)
    {
        var open = await db.Deployments.Where(d => d.NextActionAt != null).MinAsync(d => (long?)d.Id, cancellationToken);
        var next = open ?? ((await db.Deployments.MaxAsync(d => (long?)d.Id, cancellationToken) ?? 0) + 1);
        var newest = await db.Deployments.Where(d => d.Id >= from && d.Status == OperationStatus.Succeeded)
            .GroupBy(d => new { d.Release.AppId, d.Stage, d.Cluster }).Select(place => place.Max(d => d.Id)).ToListAsync(cancellationToken);
        var written = 0;
        foreach (var ids in newest.Chunk(1000))
            written += await db.InTransactionAsync(() => WriteMissedAsync(ids, cancellationToken), cancellationToken);
        return (written, next);
    }

    private async Task<int> WriteMissedAsync(long[] ids, CancellationToken cancellationToken)
    {
        var succeeded = await db.Deployments.AsNoTracking().Where(d => ids.Contains(d.Id)).Select(d => new { Operation = d, d.Release.AppId })
            .ToListAsync(cancellationToken);
        var applications = succeeded.Select(d => d.AppId).Distinct().ToList();
        var known = await db.Set<LiveVersion>().AsNoTracking().Where(v => applications.Contains(v.ApplicationId))
            .ToDictionaryAsync(v => (v.ApplicationId, v.Stage, v.Cluster), v => v.Since, cancellationToken);
        // By the time, for the operation that a row names may have been removed since.
        var missed = succeeded.GroupBy(d => (d.AppId, d.Operation.Stage.Place(), d.Operation.Cluster))
            .Select(place => (place.Key, Last: place.MaxBy(d => d.Operation.Id)!.Operation))
            .Where(place => !known.TryGetValue(place.Key, out var since) || since < (place.Last.FinishedAt ?? place.Last.StartedAt))
            .Select(place => place.Last).ToList();
        await WriteAsync(missed, cancellationToken);
        return missed.Count;
    }

    /// <param name="visible">The projects whose applications are shown.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>By application, stage and cluster.</returns>
    public async Task<IReadOnlyList<LiveVersionView>> ListAsync(Visible visible, LiveVersionFilter filter, CancellationToken cancellationToken)
    {
        var applications = db.Applications.In(visible);
        if (filter.Application is { Length: > 0 } name)
            applications = applications.Where(a => a.Name == name);
        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var text = filter.Search.Trim().ToLowerInvariant();
            applications = applications.Where(a => a.Name.ToLower().Contains(text));
        }
        var rows = db.Set<LiveVersion>().AsNoTracking().Where(v => applications.Any(a => a.Id == v.ApplicationId));
        if (filter.Stage is { } stage)
            rows = rows.Where(v => v.Stage == stage);
        if (filter.Cluster is { Length: > 0 } cluster)
            rows = rows.Where(v => v.Cluster == cluster);
        if (filter.After is { } after)
            rows = rows.Where(v => v.Id > after);
        if (filter.Limit is { } limit)
            rows = rows.OrderBy(v => v.Id).Take(limit);
        var found = await rows.Select(v => new
        {
            v.Id,
            v.Application.Name,
            v.Application.Project,
            v.Stage,
            v.Cluster,
            v.Image,
            BuildNumber = v.Build == null ? null : v.Build.BuildNumber,
            CommitId = v.Build == null ? null : v.Build.CommitId,
            v.Since,
            v.OperationId,
            v.BatchId,
            db.Batches.Single(b => b.Id == v.BatchId).BatchNumber,
            v.SeenAt,
            v.Drift,
            v.DriftSince
        }).ToListAsync(cancellationToken);
        var views = found.Select(v => new LiveVersionView
        {
            Id = v.Id,
            Application = v.Name,
            Project = v.Project,
            Stage = EnumNames<Stage>.Of(v.Stage),
            Cluster = v.Cluster,
            Image = v.Image,
            BuildNumber = v.BuildNumber,
            CommitId = v.CommitId,
            Since = v.Since,
            OperationId = v.OperationId,
            BatchId = v.BatchId,
            BatchNumber = v.BatchNumber,
            SeenAt = v.SeenAt,
            Drift = v.Drift,
            DriftSince = v.DriftSince
        });
        return filter.Limit is not null ? [.. views]
            : [.. views.OrderBy(v => v.Application, StringComparer.Ordinal).ThenBy(v => v.Stage, StringComparer.Ordinal)
                .ThenBy(v => v.Cluster, StringComparer.Ordinal)];
    }

    /// <summary>One page of the same, in the order in which the places were first deployed to.</summary>
    public async Task<Page<LiveVersionView>> PageAsync(Visible visible, LiveVersionFilter filter, int limit, CancellationToken cancellationToken)
    {
        var rows = await ListAsync(visible, filter with { Limit = limit + 1 }, cancellationToken);
        return new Page<LiveVersionView> { Items = [.. rows.Take(limit)], NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null };
    }

    /// <summary>What runs of some applications in each cluster of a stage.</summary>
    public Task<List<RunningImage>> ImagesAsync(IReadOnlyCollection<long> applications, Stage stage, CancellationToken cancellationToken)
    {
        var place = stage.Place();
        return db.Set<LiveVersion>().AsNoTracking().Where(v => v.Stage == place && applications.Contains(v.ApplicationId))
            .Select(v => new RunningImage(v.ApplicationId, v.Cluster, v.Image, v.Since)).ToListAsync(cancellationToken);
    }

    private sealed record ReadAhead(HashSet<string> OperationIds, IReadOnlyList<Released> Releases, IReadOnlyList<LiveVersion> Present);

    private sealed record Released(long Id, long ApplicationId, long? BuildId);
}

/// <summary>Which places are asked about; what is null does not matter.</summary>
/// <param name="Application">The application's name.</param>
/// <param name="Stage">The stage that deploys there.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Search">Part of the application's name.</param>
/// <param name="After">Only what comes after this row.</param>
/// <param name="Limit">Most rows.</param>
internal sealed record LiveVersionFilter(
    string? Application = null, Stage? Stage = null, string? Cluster = null, string? Search = null, long? After = null, int? Limit = null);

/// <summary>The image that runs in one place.</summary>
internal sealed record RunningImage(long ApplicationId, string Cluster, string Image, DateTimeOffset? Since);
