using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>What is sealed is what was approved, unless the project's policy lets builds flow in afterwards, and the approval has not expired (R16).</summary>
internal sealed class ApprovalGuard(BatchVotes votes, BatchPolicies policies, BatchReleases releases, ContentHistory history) : IEventGuard
{
    public string Name => "approval";

    public bool Guards(BatchEventType type) => type.Seals;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if (question.Batch is not { Status: BatchStatus.Approved, ApprovedContentHash: { } approved } batch)
            return null;
        var reason = await votes.ExpiredAsync(batch, cancellationToken);
        if (reason is null && (await policies.OfAsync(batch, cancellationToken)).Approvals.OnChange != ChangeEffect.Keep)
            reason = await ChangedAsync(batch, approved, cancellationToken);
        return reason is null ? null : new Obstacle($"{reason}; revoke the approval and approve the batch as it is now")
        {
            LiftedBy = BatchEventTypes.ByWhich(ApprovalKind.Release).Permission
        };
    }

    private async Task<Sentence?> ChangedAsync(Batch batch, string approved, CancellationToken cancellationToken)
    {
        var present = await releases.OfAsync(batch, cancellationToken);
        if (ContentHash.Of(present) == approved)
            return null;
        var changes = await history.SinceAsync(batch.Id, present, approved, cancellationToken);
        return ApprovedContent.Changed(changes);
    }
}
