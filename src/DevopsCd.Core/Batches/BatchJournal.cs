using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Observability;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Batches;

/// <summary>Writes the audit of a batch and tells the world, in the transaction of what happened.</summary>
internal sealed class BatchJournal(CdDbContext db, IPublishEndpoint publish, Notices notices, TimeProvider clock, ILogger<BatchJournal> log)
{
    /// <summary>Whether the message's event has been decided before.</summary>
    public Task<bool> Knows(Guid messageId, CancellationToken cancellationToken) =>
        db.BatchEvents.AnyAsync(e => e.MessageId == messageId, cancellationToken);

    /// <summary>An accepted event: version, audit row, the fact, the notices.</summary>
    public async Task Accept(Batch batch, string batchEvent, string? from, string by, string source, string? reason, Guid? messageId, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        batch.UpdatedAt = now;
        if (from is null)
        {
            // Creation is history but none of the table's events: the version counts those alone (R12).
            Write(batch, batchEvent, EventOutcome.Noted, null, by, source, reason, messageId, null, now);
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
        Write(batch, batchEvent, EventOutcome.Accepted, from, by, source, reason, messageId, null, now);
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
        var outcomes = await Outcomes(batch.Id, stage, cancellationToken);
        notices.Add(Notice.Transition(batch, batchEvent, Lifecycle.Label(batchEvent), from, by, now, stage, outcomes.Count) with
        {
            Reason = reason,
            Applications = stage is null ? [] : outcomes
        });
        Metrics.Transitioned(batchEvent, from, batch.Status);
        log.Moved(batch.BatchNumber, batchEvent, from, batch.Status, by, batch.Version);
    }

    /// <summary>History that is not an event of the table: a refreshed build, a pin.</summary>
    public void Note(Batch batch, string what, string by, string source, string? reason, string? detail) =>
        Write(batch, what, EventOutcome.Noted, batch.Status, by, source, reason, null, detail, clock.GetUtcNow());

    /// <summary>A late fact: kept, and nothing changed (R10).</summary>
    public void Ignore(Batch batch, string what, string by, string source, string reason, Guid? messageId) =>
        Write(batch, what, EventOutcome.Ignored, batch.Status, by, source, reason, messageId, null, clock.GetUtcNow());

    private void Write(Batch batch, string batchEvent, EventOutcome outcome, string? from, string by, string source, string? reason, Guid? messageId, string? detail, DateTimeOffset at) =>
        db.BatchEvents.Add(new BatchEvent
        {
            BatchId = batch.Id,
            BatchCorrelationId = batch.CorrelationId,
            Event = batchEvent,
            Outcome = outcome,
            FromState = from,
            ToState = batch.Status,
            Operator = by,
            Source = source,
            Reason = reason,
            MessageId = messageId,
            Detail = detail,
            Version = batch.Version,
            At = at
        });

    private async Task<List<ApplicationOutcome>> Outcomes(long batchId, Stage? stage, CancellationToken cancellationToken)
    {
        // What the verb changed is in the context, not yet in the database: tracked rows win over read ones.
        var releases = await db.Releases.Include(r => r.App).Where(r => r.BatchId == batchId).OrderBy(r => r.Id).ToListAsync(cancellationToken);
        return [.. releases.Select(r => new ApplicationOutcome(r.App.Name, stage is { } s ? r.Outcome(s) : ReleaseStatus.None, r.StatusReason)
        {
            ImageName = r.ImageName, ImageTag = r.ImageTag, ImageDigest = r.ImageDigest
        })];
    }
}
