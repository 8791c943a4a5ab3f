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
internal sealed class RefusalRecorder(CdDbContext db, IPublishEndpoint publish, BatchTransitionTable lifecycle, TimeProvider clock,
    ILogger<RefusalRecorder> log)
{
    /// <returns>The audit's row; null when the message had been decided before.</returns>
    public async Task<BatchEvent?> WriteAsync(BatchRefusedException refused, Guid batchId, string batchEvent, string? by, EventOrigin origin,
        CancellationToken cancellationToken)
    {
        // Wrong input, or a right that was missing, is not what was decided under a key: the same key afterwards is a first request.
        var messageId = refused.Kind is RefusalKind.Content or RefusalKind.Denied ? origin.TryId ?? origin.MessageId
            // What the engine asks for comes again under the same id when that has lifted, and is decided then.
            : refused.Lifts && by == Operators.Engine && origin.Asker.IsEngine ? null
            : origin.MessageId;
        if (messageId is { } id && await db.BatchEvents.AnyAsync(e => e.MessageId == id, cancellationToken))
            return null;
        var batch = await db.Batches.AsNoTracking().Where(b => b.CorrelationId == batchId)
            .Select(b => new { b.Id, b.BatchNumber, b.Status, b.Version }).SingleOrDefaultAsync(cancellationToken);
        var state = refused.State ?? batch?.Status;
        var now = clock.GetUtcNow();
        var row = new BatchEvent
        {
            BatchId = batch?.Id,
            BatchCorrelationId = batchId,
            Event = batchEvent,
            Outcome = Outcome(refused.Kind),
            FromState = state,
            ToState = state,
            Operator = by ?? Operators.DeploySystem,
            Subject = origin.Asker.IsEngine ? null : origin.Asker.Id,
            Source = origin.Source,
            Reason = refused.Reason,
            RefusalKind = refused.Kind,
            Detail = refused.Fields.Count == 0 ? null : JsonSerializer.Serialize(refused.FieldTexts, JsonSerializerOptions.Web),
            MessageId = messageId,
            RequestHash = origin.RequestHash,
            Version = batch?.Version ?? 0,
            At = now
        };
        try
        {
            await db.InTransactionAsync(AddAsync, cancellationToken);
        }
        catch (DbUpdateException) when (messageId is not null && !cancellationToken.IsCancellationRequested)
        {
            // The unique message id: the same message was refused by another instance in the same instant.
            db.ChangeTracker.Clear();
            if (!await db.BatchEvents.AnyAsync(e => e.MessageId == messageId, cancellationToken))
                throw;
            return null;
        }
        Metrics.Refused(batchEvent, refused.Kind.ToString().ToLowerInvariant());
        log.Refused(batch?.BatchNumber ?? batchId.ToString(), batchEvent, state, by, refused.Reason);
        return row;

        async Task AddAsync()
        {
            db.BatchEvents.Add(row);
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
            // Who asks by a message hears it where they listen for what became of it.
            if (refused.Kind == RefusalKind.Denied && origin.Source == EventSource.Message)
                await publish.Publish(new CommandRejected
                {
                    MessageId = origin.MessageId,
                    MessageType = BatchEventTypes.Get(batchEvent).MessageType.Name,
                    Reason = refused.Reason,
                    Fields = []
                }, cancellationToken);
        }
    }

    private static EventOutcome Outcome(RefusalKind kind) => kind switch
    {
        RefusalKind.Late => EventOutcome.Ignored,
        RefusalKind.Denied => EventOutcome.Denied,
        _ => EventOutcome.Refused
    };
}
