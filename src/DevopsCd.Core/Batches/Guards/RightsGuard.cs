using DevopsCd.Core.Access;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>Whoever asks has the right, in every project that the batch concerns. The door in front has asked the same; what changed since counts.</summary>
internal sealed class RightsGuard(AccessDoor door, BatchPolicies policies) : IEventGuard
{
    public string Name => "rights";

    public bool Guards(BatchEventType type) => !type.Creates;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        if (question.Asker is not Subject { IsEngine: false } asker)
            return null;
        if (question.Type.Permission is not { } permission)
            return new Obstacle($"{question.Type.Key} is the engine's own; nobody else may raise it") { Kind = RefusalKind.Denied };
        if (await door.IsAllowedEverywhereAsync(asker, permission, cancellationToken))
            return null;
        var concerned = (await policies.ByProjectAsync(question.Batch.Id, cancellationToken)).Keys.ToList();
        return await door.LookAsync(asker, permission, concerned, null, cancellationToken) is { } refused
            ? new Obstacle(refused.Reason) { Kind = RefusalKind.Denied, LiftedBy = Permissions.AccessManage, Fields = refused.Fields }
            : null;
    }
}
