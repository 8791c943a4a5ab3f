namespace DevopsCd.Core.Batches.Guards;

/// <summary>Who ends a batch says why.</summary>
internal sealed class ReasonGuard : IEventGuard
{
    public string Name => "reason";

    public bool Guards(BatchEventType type) => type.ReasonRequired;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Asked is { } asked && string.IsNullOrWhiteSpace(asked.Reason)
            ? new Obstacle($"reason: {Missing}")
            {
                Kind = RefusalKind.Content,
                Fields = new Dictionary<string, string[]> { ["reason"] = [Missing] },
                LiftedBy = Obstacle.Asker
            }
            : null);

    private const string Missing = "is required: say why in a few words";
}
