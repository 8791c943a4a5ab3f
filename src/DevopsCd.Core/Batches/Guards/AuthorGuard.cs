using DevopsCd.Core.Approvals;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>Nobody approves what they have made, where the project's policy says so (R16).</summary>
internal sealed class AuthorGuard(BatchVotes votes) : IEventGuard
{
    public string Name => "author";

    public bool Guards(BatchEventType type) => type.Approves is not null;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if ((question.Asked?.Operator ?? question.Asker?.Operator) is not { } name
            || await votes.PolicyAsync(question.Batch, question.Type.Approves!.Value, cancellationToken) is not { NotByAuthor: true }
            || !(await votes.AuthorsAsync(question.Batch, cancellationToken)).Contains(BatchVotes.VoterOf(name)))
            return null;
        return new Obstacle($"{name} has made the batch or changed its content; somebody else has to approve it") { LiftedBy = question.Type.Permission };
    }
}
