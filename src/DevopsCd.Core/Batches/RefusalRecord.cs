using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Batches;

/// <summary>Writes down a refusal and tells it (R12).</summary>
internal sealed class RefusalRecord(CdDbContext db, IPublishEndpoint publish, Lifecycle lifecycle, TimeProvider clock, ILogger<RefusalRecord> log)
{
    public async Task Write(BatchRefused refused, Guid batchId, string batchEvent, string? by, string source, Guid? messageId, CancellationToken cancellationToken)
    {
        if (messageId is { } id && await db.BatchEvents.AnyAsync(e => e.MessageId == id, cancellationToken))
            return;
        var batch = await db.Batches.AsNoTracking().Where(b => b.CorrelationId == batchId)
            .Select(b => new { b.Id, b.BatchNumber, b.Status, b.Version }).SingleOrDefaultAsync(cancellationToken);
        var state = refused.State ?? batch?.Status;
        var now = clock.GetUtcNow();
        db.BatchEvents.Add(new BatchEvent
        {
            BatchId = batch?.Id,
            BatchCorrelationId = batchId,
            Event = batchEvent,
            Outcome = refused.Kind == RefusalKind.Late ? EventOutcome.Ignored : EventOutcome.Refused,
            FromState = state,
            ToState = state,
            Operator = by ?? Operators.DeploySystem,
            Source = source,
            Reason = refused.Reason,
            RefusalKind = refused.Kind,
            Detail = refused.Fields.Count == 0 ? null : JsonSerializer.Serialize(refused.Fields, JsonSerializerOptions.Web),
            MessageId = messageId,
            Version = batch?.Version ?? 0,
            At = now
        });
        await publish.Publish(new BatchEventRejected
        {
            BatchId = batchId,
            Id = batch?.Id,
            Event = batchEvent,
            State = state,
            LegalEvents = state is null ? [] : [.. lifecycle.From(state).Select(r => r.Event)],
            Reason = refused.Reason,
            Operator = by ?? Operators.DeploySystem,
            At = now
        }, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (messageId is not null && !cancellationToken.IsCancellationRequested)
        {
            // The unique message id: the same message was refused by another instance in the same instant.
            db.ChangeTracker.Clear();
            if (!await db.BatchEvents.AnyAsync(e => e.MessageId == messageId, cancellationToken))
                throw;
        }
        Metrics.Refused(batchEvent);
        log.Refused(batch?.BatchNumber ?? batchId.ToString(), batchEvent, state, by, refused.Reason);
    }
}
