namespace DevopsCd.Core.Batches.Guards;

/// <summary>Who ends a batch says why.</summary>
internal sealed class ReasonGuard : IEventGuard
{
    public string Name => "reason";

    public bool Guards(BatchEventType type) => type.ReasonRequired;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Asked is { } asked && string.IsNullOrWhiteSpace(asked.Reason)
            ? new Obstacle($"reason: {s_missing}")
            {
                Kind = RefusalKind.Content,
                Fields = new Dictionary<string, Sentence[]> { ["reason"] = [s_missing] },
                LiftedBy = Obstacle.Asker
            }
            : null);

    private static readonly Sentence s_missing = "is required: say why in a few words";
}
