using DevopsCd.Core.Access;
using DevopsCd.Core.Gates;

namespace DevopsCd.Core.Batches.Guards;

/// <summary>
/// What a gate of the project's policy holds waits until it has passed (R22). The end of a stage asks its gates itself, so that of it they are only
/// told.
/// </summary>
internal sealed class GateGuard(GateBook gates, TimeProvider clock) : IEventGuard
{
    /// <summary>What explanations call it.</summary>
    public const string Key = "gate";

    public string Name => Key;

    public bool Guards(BatchEventType type) => GatePoints.Of(type) is not null;

    public async ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken)
    {
        var (batch, point) = (question.Batch, GatePoints.Of(question.Type)!.Value);
        // What is asked for at a later time is judged then.
        if (question.Asked?.NotBefore > clock.GetUtcNow() || (point.BelongsToStage() && (question.Asked is not null || !point.IsOpenFor(batch))))
            return null;
        var open = (await gates.OfAsync(batch, point, cancellationToken)).Where(gate => !gate.LetsPass).ToList();
        if (open.Count == 0)
            return null;
        var lifts = open.Select(gate => gate.LiftedBy).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return new Obstacle(Sentence.Join(open.Select(gate => gate.InWords())))
        {
            LiftedBy = lifts is [var one] ? one : lifts.Count > 0 ? Permissions.GateOverride : null,
            Waits = !open.Exists(gate => gate.HasFailed)
        };
    }
}
