using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Batches;

/// <summary>Reads of batches for people.</summary>
internal sealed class BatchQueries(CdDbContext db, Lifecycle lifecycle)
{
    public Task<Guid?> CorrelationId(long id, CancellationToken cancellationToken) =>
        db.Batches.Where(b => b.Id == id).Select(b => (Guid?)b.CorrelationId).SingleOrDefaultAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<Page<BatchSummary>> List(IReadOnlyList<string> statuses, string? search, long? before, int limit, CancellationToken cancellationToken)
    {
        var query = db.Batches.AsNoTracking();
        if (statuses.Count > 0)
            query = query.Where(b => statuses.Contains(b.Status));
        if (!string.IsNullOrWhiteSpace(search))
        {
            var text = search.Trim().ToLowerInvariant();
            query = query.Where(b => b.Title.ToLower().Contains(text) || b.BatchNumber.ToLower().Contains(text) || b.Releases.Any(r => r.App.Name.ToLower().Contains(text)));
        }
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

    public async Task<BatchView?> Get(long id, CancellationToken cancellationToken)
    {
        var batch = await db.Batches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancellationToken);
        if (batch is null)
            return null;
        var releases = await db.Releases.AsNoTracking().Include(r => r.App).Include(r => r.Build).Include(r => r.LatestBuild)
            .Where(r => r.BatchId == id).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        var operations = (await db.Deployments.AsNoTracking().Where(d => d.BatchId == id).OrderByDescending(d => d.Id).ToListAsync(cancellationToken)).ToLookup(d => d.ReleaseId);
        return View(batch, releases, operations);
    }

    /// <summary>The audit, oldest first.</summary>
    public async Task<Page<BatchEventView>> Events(long id, long after, int limit, CancellationToken cancellationToken)
    {
        var rows = await db.BatchEvents.AsNoTracking().Where(e => e.BatchId == id && e.Id > after).OrderBy(e => e.Id).Take(limit + 1).ToListAsync(cancellationToken);
        return new Page<BatchEventView> { Items = [.. rows.Take(limit).Select(View)], NextCursor = rows.Count > limit ? Cursor.Of(rows[limit - 1].Id) : null };
    }

    public IReadOnlyList<AvailableEvent> Available(string state) => [.. lifecycle.From(state).Select(r => new AvailableEvent
    {
        Event = r.Event,
        Description = Lifecycle.Label(r.Event),
        TargetState = BatchStatus.Code(r.To),
        TargetStateName = r.To,
        By = Lifecycle.ByEngine(r.Event) ? "engine" : "person"
    })];

    private BatchView View(Batch b, List<BatchRelease> releases, ILookup<long, Deployment> operations) => new()
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
        AvailableEvents = Available(b.Status),
        Version = b.Version,
        ContentHash = ContentHash.Of(releases),
        ApprovedBy = b.ApprovedBy,
        ApprovedAt = b.ApprovedAt,
        ApprovedContentHash = b.ApprovedContentHash,
        RejectedReason = b.RejectedReason,
        TaggedBy = b.TaggedBy,
        TaggedAt = b.TaggedAt,
        PreDeployStartedAt = b.PreDeployStartedAt,
        PreDeployFinishedAt = b.PreDeployFinishedAt,
        ProdDeployStartedAt = b.ProdDeployStartedAt,
        ProdDeployFinishedAt = b.ProdDeployFinishedAt,
        FinalAcceptedBy = b.FinalAcceptedBy,
        FinalAcceptedAt = b.FinalAcceptedAt,
        CancelledBy = b.CancelledBy,
        CancelledAt = b.CancelledAt,
        CancelReason = b.CancelReason,
        CancelRequested = b.CancelRequested,
        PreAttempt = b.PreAttempt,
        ProdAttempt = b.ProdAttempt,
        AutoDeployBlocked = b.AutoDeployBlocked,
        LastFailure = b.LastFailure,
        ProdDirty = b.ProdDirty,
        ProductionPlan = Json(b.ProdPlan),
        CreatedAt = b.CreatedAt,
        UpdatedAt = b.UpdatedAt,
        Releases = [.. releases.Select(r => View(r, operations[r.Id]))]
    };

    private static ReleaseView View(BatchRelease r, IEnumerable<Deployment> operations) => new()
    {
        Application = r.App.Name,
        Branch = r.Branch,
        BuildNumber = r.Build?.BuildNumber,
        CommitId = r.CommitId,
        ImageName = r.ImageName,
        ImageTag = r.ImageTag,
        ImageDigest = r.ImageDigest,
        LatestBuildNumber = r.LatestBuild?.BuildNumber,
        NewerBuildExists = r.LatestBuildId is not null && r.LatestBuildId != r.BuildId,
        PinnedBy = r.PinnedBy,
        IsLocked = r.IsLocked,
        DependsOn = r.DependsOn,
        PreStatus = SnakeCaseConverter<ReleaseStatus>.Name(r.PreStatus),
        ProdStatus = SnakeCaseConverter<ReleaseStatus>.Name(r.ProdStatus),
        StatusReason = r.StatusReason,
        Deployments = [.. operations.Select(View)]
    };

    private static DeploymentView View(Deployment d) => new()
    {
        OperationId = d.OperationId,
        Stage = SnakeCaseConverter<Stage>.Name(d.Stage),
        Cluster = d.Cluster,
        Attempt = d.Attempt,
        Status = SnakeCaseConverter<OperationStatus>.Name(d.Status),
        Tries = d.Tries,
        Image = d.Image,
        StartedAt = d.StartedAt,
        FinishedAt = d.FinishedAt,
        DeadlineAt = d.DeadlineAt,
        Error = d.Error
    };

    private static BatchEventView View(BatchEvent e) => new()
    {
        Id = e.Id,
        Event = e.Event,
        Outcome = SnakeCaseConverter<EventOutcome>.Name(e.Outcome),
        From = e.FromState,
        To = e.ToState,
        Operator = e.Operator,
        Source = e.Source,
        Reason = e.Reason,
        MessageId = e.MessageId,
        Detail = Json(e.Detail),
        Version = e.Version,
        At = e.At
    };

    private static JsonElement? Json(string? text) => text is null ? null : JsonSerializer.Deserialize<JsonElement>(text);
}
