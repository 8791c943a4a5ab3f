using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;
using MassTransit;
using MassTransit.Mediator;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Approvals;

/// <summary>What becomes of an approval when the content changes, or when it expires (R16). Whoever asks holds the batch's lock.</summary>
internal sealed class ApprovedContent(
    BatchPolicies policies, BatchVotes votes, ContentHistory history, GateDesk gates, IServiceProvider scope, ILogger<ApprovedContent> log)
{
    /// <summary>Whether builds that arrive are only shown, because the content is approved and the policy keeps it as it is.</summary>
    public async Task<bool> IsHeldAsync(Batch batch, CancellationToken cancellationToken) =>
        batch.Status == BatchStatus.Approved && await HoldsBuildsAsync(batch, cancellationToken);

    /// <summary>Whether the policy lets no builds flow in once the content is approved.</summary>
    public async Task<bool> HoldsBuildsAsync(Batch batch, CancellationToken cancellationToken) =>
        (await policies.OfAsync(batch, cancellationToken)).Approvals.OnChange == ChangeEffect.Hold;

    /// <summary>
    /// To be called in the transaction that has changed the content, once the change is saved: revokes the approval if the policy says so, and else asks
    /// the gates about what is there now.
    /// </summary>
    public async Task ChangedAsync(Batch batch, CancellationToken cancellationToken)
    {
        await VoidAsync(batch, cancellationToken);
        if (GatePoints.OpenIn(batch.Status) is not null)
            await gates.AskAsync(batch, cancellationToken);
    }

    private async Task VoidAsync(Batch batch, CancellationToken cancellationToken)
    {
        if (batch is not { Status: BatchStatus.Approved, ApprovedContentHash: { } approved }
            || (await policies.OfAsync(batch, cancellationToken)).Approvals.OnChange != ChangeEffect.Void)
            return;
        var present = await history.ReleasesAsync(batch.Id, cancellationToken);
        if (ContentHash.Of(present) == approved)
            return;
        var changes = await history.SinceAsync(batch.Id, present, approved, cancellationToken);
        await RevokeAsync(batch, Changed(changes), cancellationToken);
    }

    /// <summary>Why content that has changed is no longer approved.</summary>
    /// <param name="changes">What has; null where that cannot be told.</param>
    public static Sentence Changed(IReadOnlyList<ContentDifference>? changes)
    {
        Sentence unknown = "the content has changed since it was approved";
        return changes is null ? unknown : (Sentence)$"the content has changed since it was approved: {ContentDifference.InWords(changes)}";
    }

    /// <summary>Revokes an approval that has expired.</summary>
    /// <returns>Whether it was revoked.</returns>
    public async Task<bool> ExpireAsync(Batch batch, CancellationToken cancellationToken) =>
        batch.Status == BatchStatus.Approved && await votes.ExpiredAsync(batch, cancellationToken) is { } expired
        && await RevokeAsync(batch, expired, cancellationToken);

    private async Task<bool> RevokeAsync(Batch batch, string reason, CancellationToken cancellationToken)
    {
        var message = new RevokeApproval { BatchId = batch.CorrelationId, Operator = Operators.Engine, Reason = reason };
        var type = BatchEventTypes.Of<RevokeApproval>()!;
        // Asked before, because a refusal would undo the change of content: the seal asks for the approved content in any case.
        var obstacles = await scope.GetRequiredService<EventGuards>().ObstaclesAsync(new EventQuestion(batch, type, type.Read(message)), cancellationToken);
        if (obstacles.Count > 0)
        {
            log.StaysApproved(batch.BatchNumber, string.Join("; ", obstacles.Select(o => o.Reason)));
            return false;
        }
        var id = NewId.NextGuid();
        await scope.GetRequiredService<IScopedMediator>().Send(message, Pipe.Execute<SendContext>(c =>
        {
            c.MessageId = id;
            c.GetOrAddPayload(() => new EventOrigin(EventSource.Engine, id) { IsNew = true });
        }), cancellationToken);
        return true;
    }
}
