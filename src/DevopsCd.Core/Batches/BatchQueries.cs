using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Reads of batches for people.</summary>
internal sealed class BatchQueries(
    CdDbContext db, BatchTransitionTable lifecycle, ContentHistory history, ApprovalViews approvals, BatchVotes votes, BatchPolicies policies,
    GateViews gates, BatchIds ids, ProductionPlans plans)
{
    /// <summary>The id of a batch in messages; null when there is no such batch.</summary>
    public async Task<Guid?> CorrelationIdAsync(long id, CancellationToken cancellationToken)
    {
        if (ids.Find(id) is { } known)
            return known;
        if (await db.Batches.Where(b => b.Id == id).Select(b => (Guid?)b.CorrelationId).SingleOrDefaultAsync(cancellationToken) is not { } found)
            return null;
        ids.Know(id, found);
        return found;
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<BatchSummary>> ListAsync(Visible visible, IReadOnlyList<string> statuses, string? search, long? before, int limit,
        CancellationToken cancellationToken)
    {
        var query = Found(visible, search);
        if (statuses.Count > 0)
            query = query.Where(b => statuses.Contains(b.Status));
        if (before is { } id)
            query = query.Where(b => b.Id < id);
        var rows = await query.OrderByDescending(b => b.Id).Take(limit + 1).Select(b => new BatchSummary
        {
            Id = b.Id,
            BatchId = b.CorrelationId,
            BatchNumber = b.BatchNumber,
            Title = b.Title,
            Project = b.Project,
            Initiator = b.Initiator,
            State = 0,
            StateName = b.Status,
            StateLabel = "",
            Version = b.Version,
            Applications = b.Releases.Count,
            AutoDeployBlocked = b.AutoDeployBlocked,
            LastFailure = b.LastFailure,
            CreatedAt = b.CreatedAt,
            UpdatedAt = b.UpdatedAt
        }).ToListAsync(cancellationToken);
        var items = rows.Take(limit).Select(b => b with { State = BatchStatus.Code(b.StateName), StateLabel = BatchStatus.Label(b.StateName) }).ToList();
        return new Page<BatchSummary> { Items = items, NextCursor = rows.Count > limit ? Cursor.Of(items[^1].Id) : null };
    }

    /// <summary>A batch with all that belongs to it.</summary>
    public async Task<BatchView?> GetAsync(long id, CancellationToken cancellationToken) => (await GetTaggedAsync(id, cancellationToken))?.View;

    /// <summary>The same, and its tag.</summary>
    public async Task<(BatchView View, BatchTag Tag)?> GetTaggedAsync(long id, CancellationToken cancellationToken)
    {
        // Without what a view does not show: settings and commit messages are most of the bytes of a large batch.
        var queries = new QueryBatch(db);
        var batches = queries.Add(db.Batches.AsNoTracking().Where(b => b.Id == id));
        var releases = queries.Add(db.Releases.AsNoTracking().Where(r => r.BatchId == id).OrderBy(r => r.Id).Select(r => new ReleaseRow
        {
            Id = r.Id,
            Application = r.App.Name,
            Branch = r.Branch,
            BuildNumber = r.Build!.BuildNumber,
            BuildWithdrawn = (bool?)r.Build.Withdrawn ?? false,
            CommitId = r.CommitId,
            ImageName = r.ImageName,
            ImageTag = r.ImageTag,
            ImageDigest = r.ImageDigest,
            LatestBuildNumber = r.LatestBuild!.BuildNumber,
            NewerBuildExists = r.LatestBuildId != null && r.LatestBuildId != r.BuildId,
            PinnedBy = r.PinnedBy,
            IsLocked = r.IsLocked,
            DependsOn = r.DependsOn,
            PreStatus = r.PreStatus,
            ProdStatus = r.ProdStatus,
            RollbackStatus = r.RollbackStatus,
            StatusReason = r.StatusReason
        }));
        var operations = queries.Add(db.Deployments.AsNoTracking().Where(d => d.BatchId == id).OrderByDescending(d => d.Id).Select(d => new Deployment
        {
            ReleaseId = d.ReleaseId,
            OperationId = d.OperationId,
            Stage = d.Stage,
            Cluster = d.Cluster,
            Attempt = d.Attempt,
            Status = d.Status,
            Tries = d.Tries,
            Image = d.Image,
            Reverts = d.Reverts,
            Previous = d.PreviousUnchanged == null ? null : new PreviousVersion(d.PreviousImage, d.PreviousRevision, d.PreviousUnchanged.Value),
            StartedAt = d.StartedAt,
            FinishedAt = d.FinishedAt,
            DeadlineAt = d.DeadlineAt,
            Error = d.Error,
            Triage = d.Triage,
            Restarts = d.Restarts,
            LateSince = d.LateSince,
            MayRun = d.MayRun
        }));
        var starts = queries.Add(ScheduledStarts.Shown(db, id));
        var known = policies.ReadWith(queries, id);
        var counted = votes.ReadWith(queries, v => v.BatchId == id);
        await queries.ReadAsync(cancellationToken);
        known();
        counted(id);
        if (batches.SingleOrDefault() is not { } batch)
            return null;

        ids.Know(id, batch.CorrelationId);
        var content = releases.Select(r => r.Content).ToList();
        var hash = ContentHash.Of(content);
        var differs = batch.ApprovedContentHash is { } approved && approved != hash;
        var approval = await approvals.OfAsync(batch, ApprovalKind.Release, hash, cancellationToken);
        var view = View(batch, hash, releases, operations.ToLookup(d => d.ReleaseId), approval!) with
        {
            ScheduledStart = starts.SingleOrDefault(),
            ProdApproval = await approvals.OfAsync(batch, ApprovalKind.Production, hash, cancellationToken),
            ContentChangedSinceApproval = differs,
            ChangesSinceApproval = differs ? ContentDifference.View(await history.SinceAsync(id, content, batch.ApprovedContentHash!, cancellationToken)) : null
        };
        return (view, BatchTag.Of(batch.Version, hash, releases.Select(r => (r.Application, r.PinnedBy))));
    }

    /// <summary>The gates of a batch; null when there is no such batch.</summary>
    public async Task<IReadOnlyList<GateView>?> GatesAsync(long id, CancellationToken cancellationToken) =>
        await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is { } batch
            ? await gates.OfAsync(batch, cancellationToken)
            : null;

    /// <summary>The votes that were given, and who can give those that are missing.</summary>
    public async Task<BatchApprovals?> ApprovalsAsync(long id, CancellationToken cancellationToken)
    {
        if (await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken) is not { } batch)
            return null;
        var releases = await history.ReleasesAsync(id, cancellationToken);
        return new BatchApprovals
        {
            BatchId = id,
            State = BatchStatus.Code(batch.Status),
            StateName = batch.Status,
            ContentHash = ContentHash.Of(releases),
            Release = (await approvals.ShowAsync(batch, ApprovalKind.Release, releases, cancellationToken))!,
            Production = await approvals.ShowAsync(batch, ApprovalKind.Production, releases, cancellationToken)
        };
    }

    /// <summary>The audit, oldest first.</summary>
    public async Task<Page<BatchEventView>> EventsAsync(long id, long after, int limit, CancellationToken cancellationToken)
    {
        var rows = await db.BatchEvents.AsNoTracking().Where(e => e.BatchId == id && e.Id > after)
            .OrderBy(e => e.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<BatchEventView>
        {
            Items = [.. rows.Take(limit).Select(row => row.View())],
            NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null
        };
    }

    /// <summary>How many there are of each state, by its name; a state without any is left out.</summary>
    public Task<Dictionary<string, int>> CountAsync(Visible visible, string? search, CancellationToken cancellationToken) =>
        Found(visible, search).GroupBy(b => b.Status).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, cancellationToken);

    private IQueryable<Batch> Found(Visible visible, string? search)
    {
        var query = db.Batches.AsNoTracking().In(visible);
        if (string.IsNullOrWhiteSpace(search))
            return query;
        var text = search.Trim().ToLowerInvariant();
        return query.Where(b => b.Title.ToLower().Contains(text) || b.BatchNumber.ToLower().Contains(text)
            || b.Releases.Any(r => r.App.Name.ToLower().Contains(text)));
    }

    private BatchView View(
        Batch b, string contentHash, IReadOnlyList<ReleaseRow> releases, ILookup<long, Deployment> operations, ApprovalState approval) => new()
        {
            Id = b.Id,
            BatchId = b.CorrelationId,
            BatchNumber = b.BatchNumber,
            Title = b.Title,
            Project = b.Project,
            Initiator = b.Initiator,
            State = BatchStatus.Code(b.Status),
            StateName = b.Status,
            StateLabel = BatchStatus.Label(b.Status),
            AvailableEvents = lifecycle.Available(b.Status),
            Version = b.Version,
            ContentHash = contentHash,
            ApprovedBy = b.ApprovedBy,
            ApprovedAt = b.ApprovedAt,
            ApprovedContentHash = b.ApprovedContentHash,
            Approval = approval,
            ContentChangedSinceApproval = false,
            RejectedReason = b.RejectedReason,
            TaggedBy = b.TaggedBy,
            TaggedAt = b.TaggedAt,
            PreDeployStartedAt = b.Pre.StartedAt,
            PreDeployFinishedAt = b.Pre.FinishedAt,
            ProdDeployStartedAt = b.Prod.StartedAt,
            ProdDeployFinishedAt = b.Prod.FinishedAt,
            FinalAcceptedBy = b.FinalAcceptedBy,
            FinalAcceptedAt = b.FinalAcceptedAt,
            CancelledBy = b.CancelledBy,
            CancelledAt = b.CancelledAt,
            CancelReason = b.CancelReason,
            CancelRequested = b.CancelRequested,
            PreAttempt = b.Pre.Attempt,
            ProdAttempt = b.Prod.Attempt,
            RollbackAttempt = b.Rollback.Attempt,
            RollbackStartedAt = b.Rollback.StartedAt,
            RolledBackAt = b.RolledBackAt,
            RollbackBy = b.RollbackBy,
            RollbackReason = b.RollbackReason,
            RollbackRequested = b.RollbackRequested,
            AutoDeployBlocked = b.AutoDeployBlocked,
            LastFailure = b.LastFailure,
            ProdDirty = b.Prod.Dirty,
            ProductionPlan = plans.Of(b.ProdPlan),
            TraceId = KeptTraces.IdOf(b.Trace),
            CreatedAt = b.CreatedAt,
            UpdatedAt = b.UpdatedAt,
            Releases = [.. releases.Select(r => View(r, operations[r.Id]))]
        };

    private static ReleaseView View(ReleaseRow r, IEnumerable<Deployment> operations) => new()
    {
        Application = r.Application,
        Branch = r.Branch,
        BuildNumber = r.BuildNumber,
        BuildWithdrawn = r.BuildWithdrawn,
        CommitId = r.CommitId,
        ImageName = r.ImageName,
        ImageTag = r.ImageTag,
        ImageDigest = r.ImageDigest,
        LatestBuildNumber = r.LatestBuildNumber,
        NewerBuildExists = r.NewerBuildExists,
        PinnedBy = r.PinnedBy,
        IsLocked = r.IsLocked,
        DependsOn = r.DependsOn,
        PreStatus = EnumNames<ReleaseStatus>.Of(r.PreStatus),
        ProdStatus = EnumNames<ReleaseStatus>.Of(r.ProdStatus),
        RollbackStatus = EnumNames<ReleaseStatus>.Of(r.RollbackStatus),
        StatusReason = r.StatusReason,
        Deployments = [.. operations.Select(operation => operation.View())]
    };

    /// <summary>What is shown of a release.</summary>
    private sealed record ReleaseRow
    {
        public required long Id { get; init; }
        public required string Application { get; init; }
        public required string Branch { get; init; }
        public required string? BuildNumber { get; init; }
        public required bool BuildWithdrawn { get; init; }
        public required string? CommitId { get; init; }
        public required string? ImageName { get; init; }
        public required string? ImageTag { get; init; }
        public required string? ImageDigest { get; init; }
        public required string? LatestBuildNumber { get; init; }
        public required bool NewerBuildExists { get; init; }
        public required string? PinnedBy { get; init; }
        public required bool IsLocked { get; init; }
        public required List<string> DependsOn { get; init; }
        public required ReleaseStatus PreStatus { get; init; }
        public required ReleaseStatus ProdStatus { get; init; }
        public required ReleaseStatus RollbackStatus { get; init; }
        public required string? StatusReason { get; init; }

        public ReleaseContent Content => new(Application, Branch, BuildNumber, CommitId, ImageName, ImageTag, ImageDigest, DependsOn);
    }
}
