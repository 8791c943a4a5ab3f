using DevopsCd.Core.Access;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>While production runs a part of a batch, the batch is not reopened: production must first be as it was, or all of it (R18).</summary>
internal sealed class MovedGuard : IEventGuard
{
    public string Name => "moved";

    public bool Guards(BatchEventType type) => type.Reopens;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Batch.Prod.Dirty
            ? new Obstacle("a failed production deployment has already changed applications; deploy the rest, or roll them back, before the batch is reopened")
            {
                LiftedBy = Permissions.DeployProd
            }
            : null);
}
