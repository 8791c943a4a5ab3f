using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using MassTransit;
using MassTransit.EntityFrameworkCoreIntegration;

namespace DevopsCd.Core.Batches;

/// <summary>What every decision about an event asks for is read with the lock of its batch: one round trip, where each by itself would be one.</summary>
internal sealed class EventReads(
    CdDbContext db, BatchPolicies policies, BatchReleases releases, BatchVotes votes, ScheduledStarts starts, AuditWriter journal) : IReadsWithLock<Batch>
{
    public Action<Batch>? Add<T>(QueryBatch queries, Guid correlationId, ConsumeContext<T> context) where T : class
    {
        if (BatchEventTypes.Of<T>() is not { Creates: false } type)
            return null;
        var isDecided = context.MessageId is { } messageId && !(context.TryGetPayload(out EventOrigin? origin) && origin.IsNew)
            ? journal.LookWith(queries, messageId)
            : null;
        var known = policies.ReadWithLock(queries, correlationId);
        known += starts.ReadWithLock(queries, correlationId);
        if (type.Approves is not null)
            known += votes.ReadWithLock(queries, correlationId);
        if (type.Approves is not null || type.Seals)
            known += releases.ReadWithLock(queries, correlationId);
        // The last lock, as always.
        var held = AuditChains.LockWith(db, queries, correlationId);
        var taken = journal.TakeIdWith(queries, correlationId);
        known += _ =>
        {
            isDecided?.Invoke();
            // Ids grow as the chain does, which only its lock makes sure of.
            if (held())
                taken();
        };
        return known;
    }
}
