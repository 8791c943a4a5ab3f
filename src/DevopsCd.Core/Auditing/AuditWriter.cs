using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Composing;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Observability;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Auditing;

/// <summary>Writes the audit of a batch and tells the world, in the transaction of what happened.</summary>
internal sealed class AuditWriter(CdDbContext db, IPublishEndpoint publish, Notices notices, TimeProvider clock, ILogger<AuditWriter> log)
{
    private IReadOnlyList<ContentChange>? _sinceApproval;
    private VoteCount? _votes;
    private (long BatchId, int Applications)? _known;
    private Sentence? _overridden;
    private (string Key, Sentence What)? _deferred;
    private Sentence? _because;
    private ReadInTransaction<(Guid BatchId, long Id)>? _taken;
    private ReadInTransaction<(Guid MessageId, bool IsDecided)>? _looked;

    /// <summary>
    /// Has the id of a batch's next row taken together with other queries; PostgreSQL only. What refers to the row can then be written with it, where
    /// it would otherwise wait for the id. One that is not used is a gap, as a rollback leaves.
    /// </summary>
    /// <param name="queries">Of the same context.</param>
    /// <param name="batchId">The batch's correlation id.</param>
    /// <returns>To be called when the queries have been read: the next row of the batch that this transaction writes has the id.</returns>
    public Action TakeIdWith(QueryBatch queries, Guid batchId)
    {
        var ids = queries.Add(db.Database.SqlQuery<long>($"SELECT nextval(pg_get_serial_sequence('batch_events', 'id')) AS \"Value\""));
        return () => _taken = new(db, (batchId, ids.Single()));
    }

    /// <summary>The row of the first event that was accepted through this journal; null before.</summary>
    public BatchEvent? Accepted { get; private set; }

    /// <summary>The event that is being accepted is about other content than the approved one: the audit, the answer and the notice say so.</summary>
    /// <param name="changes">What differs; empty when that cannot be told any more.</param>
    public void DiffersFromApproval(IReadOnlyList<ContentChange> changes) => _sinceApproval = changes;

    /// <summary>The event that is being decided is one that several people may have to ask for: so many have.</summary>
    public void Counted(VoteCount votes) => _votes = votes;

    /// <summary>So many applications the batch has: they need not be counted.</summary>
    public void Applications(Batch batch, int count) => _known = (batch.Id, count);

    /// <summary>The event that is being accepted overrides what would stand in its way: the audit says so in a row of its own.</summary>
    /// <param name="what">What would stand in its way.</param>
    public void Overrides(Sentence what) => _overridden = what;

    /// <summary>The event that is being decided is to happen later.</summary>
    /// <param name="key">The key of the audit's row.</param>
    /// <param name="what">What is to happen, and when.</param>
    public void Defers(string key, Sentence what) => _deferred = (key, what);

    /// <summary>The batch that is being created comes from another one: the audit says so.</summary>
    /// <param name="what">What comes, and from where.</param>
    public void Because(Sentence what) => _because = what;

    /// <summary>Whether it happens later, so that now it is a request and no more.</summary>
    public bool IsDeferred => _deferred is not null;

    /// <summary>Whether others have to ask for it, too, so that it is a vote and no more.</summary>
    public bool IsVote => _votes is { Missing.Count: > 0 };

    /// <summary>Whether the message's event has been decided before.</summary>
    public async Task<bool> KnowsAsync(Guid messageId, CancellationToken cancellationToken) =>
        _looked is { Holds: true, Value: var looked } && looked.MessageId == messageId
            ? looked.IsDecided
            : await db.BatchEvents.AnyAsync(e => e.MessageId == messageId, cancellationToken);

    /// <summary>Has that looked up together with other queries.</summary>
    /// <returns>To be called when the queries have been read: in this transaction it is known then.</returns>
    public Action LookWith(QueryBatch queries, Guid messageId)
    {
        var rows = queries.Add(db.BatchEvents.Where(e => e.MessageId == messageId).Select(e => e.Id));
        return () => _looked = new(db, (messageId, rows.Count > 0));
    }

    /// <summary>An accepted event: version, audit row, the fact, the notices.</summary>
    public async Task AcceptAsync(Batch batch, BatchEventType type, string? from, string by, EventOrigin origin, string? reason,
        CancellationToken cancellationToken)
    {
        var (now, batchEvent) = (clock.GetUtcNow(), type.Key);
        batch.UpdatedAt = now;
        if (from is null)
        {
            // Creation is history but none of the table's events: the version counts those alone (R12).
            Accepted ??= Write(batch, batchEvent, EventOutcome.Noted, null, by, origin, reason ?? _because, null, now);
            _because = null;
            await publish.Publish(new BatchCreated
            {
                BatchId = batch.CorrelationId,
                Id = batch.Id,
                BatchNumber = batch.BatchNumber,
                Title = batch.Title,
                Project = batch.Project,
                Operator = by,
                At = now
            }, cancellationToken);
            log.Created(batch.BatchNumber, by, batch.Title);
            return;
        }

        batch.Version++;
        var row = Write(batch, batchEvent, EventOutcome.Accepted, from, by, origin, reason, Detail(), now);
        Accepted ??= row;
        _votes = null;
        if (_overridden is { } overridden)
            Write(batch, FreezeOverriddenKey, EventOutcome.Noted, batch.Status, by, origin with { MessageId = null, RequestHash = null },
                (Sentence)$"{overridden}; overridden: {reason}", null, now);
        _overridden = null;
        await publish.Publish(new BatchTransitioned
        {
            BatchId = batch.CorrelationId,
            Id = batch.Id,
            BatchNumber = batch.BatchNumber,
            Event = batchEvent,
            From = from,
            To = batch.Status,
            Operator = by,
            At = now,
            Version = batch.Version,
            Reason = reason
        }, cancellationToken);

        var stage = BatchStatus.Deploying(from) ?? BatchStatus.Deploying(batch.Status);
        var outcomes = stage is { } of ? await OutcomesAsync(batch.Id, of, cancellationToken) : [];
        var total = stage is not null ? outcomes.Count
            : _known is var (id, count) && id == batch.Id ? count
            : await db.Releases.CountAsync(r => r.BatchId == batch.Id, cancellationToken);
        await notices.AddAsync(Notice.Transition(batch, batchEvent, type.Label, from, by, now, stage, total) with
        {
            Reason = reason,
            DiffersFromApproval = _sinceApproval is not null,
            Changes = _sinceApproval is { } changes ? [.. changes.Select(c => $"{c.Application}: {string.Join(", ", c.Changes)}")] : [],
            Applications = outcomes
        }, cancellationToken);
        Metrics.Transitioned(batchEvent, from, batch.Status);
        log.Moved(batch.BatchNumber, batchEvent, from, batch.Status, by, batch.Version);
    }

    /// <summary>A vote for an event that others have to ask for, too: the audit row, the fact, the notice. The batch stays as it is.</summary>
    public async Task VotedAsync(Batch batch, BatchEventType type, string by, EventOrigin origin, string? reason, CancellationToken cancellationToken)
    {
        var (now, votes) = (clock.GetUtcNow(), _votes!);
        batch.UpdatedAt = now;
        var row = Write(batch, ApprovalGivenKey, EventOutcome.Noted, batch.Status, by, origin, reason, votes.Write(), now);
        Accepted ??= row;
        _votes = null;
        await publish.Publish(new ApprovalGiven
        {
            BatchId = batch.CorrelationId,
            Id = batch.Id,
            BatchNumber = batch.BatchNumber,
            Event = type.Key,
            Operator = by,
            Votes = votes.Votes,
            Required = votes.Required,
            ContentHash = votes.ContentHash,
            At = now,
            Reason = reason
        }, cancellationToken);
        await notices.AddAsync(Notice.ApprovalGiven(batch, type, by, votes, now) with { Reason = reason }, cancellationToken);
        log.Voted(batch.BatchNumber, type.Key, by, votes.Votes, votes.Required);
    }

    /// <summary>A request for an event at a later time: the audit row. The batch stays as it is.</summary>
    public void Deferred(Batch batch, string by, EventOrigin origin)
    {
        var (key, what) = _deferred!.Value;
        var now = clock.GetUtcNow();
        batch.UpdatedAt = now;
        var row = Write(batch, key, EventOutcome.Noted, batch.Status, by, origin, what, null, now);
        Accepted ??= row;
        _deferred = null;
    }

    /// <summary>History that is not an event of the table: a refreshed build, a pin.</summary>
    public void Note(Batch batch, string what, string by, string source, Sentence? reason, string? detail) =>
        Write(batch, what, EventOutcome.Noted, batch.Status, by, new EventOrigin(source), reason, detail, clock.GetUtcNow());

    /// <summary>A late fact: kept, and nothing changed (R10).</summary>
    public void Ignore(Batch batch, string what, string by, string source, Sentence reason, Guid? messageId, string? detail = null) =>
        Write(batch, what, EventOutcome.Ignored, batch.Status, by, new EventOrigin(source, messageId), reason, detail, clock.GetUtcNow());

    /// <summary>The key of the audit's rows of votes.</summary>
    private const string ApprovalGivenKey = "approval_given";

    /// <summary>The key of the audit's rows of starts in a freeze.</summary>
    private const string FreezeOverriddenKey = "freeze_overridden";

    private string? Detail() => _sinceApproval is { } since ? SealDetail.Write(since) : _votes is { Required: > 1 } votes ? votes.Write() : null;

    private BatchEvent Write(Batch batch, string batchEvent, EventOutcome outcome, string? from, string by, EventOrigin origin, string? reason, string? detail,
        DateTimeOffset at) =>
        db.BatchEvents.Add(new BatchEvent
        {
            Id = NextId(batch),
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Event = batchEvent,
            Outcome = outcome,
            FromState = from,
            ToState = batch.Status,
            Operator = by,
            Subject = origin.Asker.IsEngine ? null : origin.Asker.Id,
            Source = origin.Source,
            Reason = reason,
            MessageId = origin.MessageId,
            RequestHash = origin.RequestHash,
            Detail = detail,
            Version = batch.Version,
            At = at
        }).Entity;

    /// <summary>The id that was taken for the batch's next row in this transaction; 0 leaves it to the insert.</summary>
    private long NextId(Batch batch)
    {
        if (_taken is not { Holds: true, Value: var taken } || taken.BatchId != batch.CorrelationId)
            return 0;
        _taken = null;
        return taken.Id;
    }

    private async Task<List<ApplicationOutcome>> OutcomesAsync(long batchId, Stage stage, CancellationToken cancellationToken)
    {
        var outcome = BatchRelease.OutcomeProperty(stage);
        var stored = await db.Releases.AsNoTracking().Where(r => r.BatchId == batchId).OrderBy(r => r.Id)
            .Select(r => new { r.Id, r.App.Name, Outcome = EF.Property<ReleaseStatus>(r, outcome), r.StatusReason, r.ImageName, r.ImageTag, r.ImageDigest })
            .ToListAsync(cancellationToken);
        // What the verb has changed is in the context and not yet in the database.
        var changed = db.Tracked<BatchRelease>().Where(r => r.BatchId == batchId).ToDictionary(r => r.Id);
        return [.. stored.Select(r =>
            (changed.TryGetValue(r.Id, out var release)
                ? new ApplicationOutcome(r.Name, release.Outcome(stage), release.StatusReason)
                : new ApplicationOutcome(r.Name, r.Outcome, r.StatusReason))
            with { ImageName = r.ImageName, ImageTag = r.ImageTag, ImageDigest = r.ImageDigest })];
    }
}
