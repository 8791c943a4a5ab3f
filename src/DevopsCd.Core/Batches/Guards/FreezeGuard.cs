using DevopsCd.Core.Access;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Policies;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>Nothing starts in a freeze, unless somebody who may overrides it and says why (R20).</summary>
internal sealed class FreezeGuard(FreezeBook freezes, AccessDoor door, BatchPolicies policies, TimeProvider clock) : IEventGuard
{
    /// <summary>What explanations call it.</summary>
    public const string Key = "freeze";

    public string Name => Key;

    /// <summary>A rollback brings no change: in a freeze it may be what is needed most.</summary>
    public bool Guards(BatchEventType type) => type is { StageEffect: StageEffect.Begins, Stage: { } stage } && !stage.GoesBack();

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        // What is asked for at a later time is judged then.
        if (question.Asked?.NotBefore > clock.GetUtcNow())
            return null;
        if (await freezes.OfAsync(question.Batch, question.Type.Stage!.Value, cancellationToken) is not { } frozen)
            return null;
        if (question.Asked is not { OverrideFreeze: true } asked)
            return new Obstacle(frozen.InWords()) { LiftedBy = Permissions.FreezeOverride, EarliestAt = frozen.Until };
        if (string.IsNullOrWhiteSpace(asked.Reason))
            return new Obstacle($"reason: {s_missing}")
            {
                Kind = RefusalKind.Content,
                Fields = new Dictionary<string, Sentence[]> { ["reason"] = [s_missing] },
                LiftedBy = Obstacle.Asker
            };
        var concerned = (await policies.ByProjectAsync(question.Batch.Id, cancellationToken)).Keys.ToList();
        return question.Asker is Subject { IsEngine: false } asker
            && await door.LookAsync(asker, Permissions.FreezeOverride, concerned, null, cancellationToken) is { } refused
            ? new Obstacle(refused.Reason) { Kind = RefusalKind.Denied, LiftedBy = Permissions.AccessManage, Fields = refused.Fields }
            : null;
    }

    private static readonly Sentence s_missing = "is required to override a freeze: say why in a few words";
}
