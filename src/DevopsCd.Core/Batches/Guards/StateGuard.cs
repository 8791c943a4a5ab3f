namespace DevopsCd.Core.Batches.Guards;

/// <summary>The event is legal in the batch's state: the word of the state machine's table.</summary>
internal sealed class StateGuard(BatchTransitionTable lifecycle) : IEventGuard
{
    /// <summary>What explanations call it.</summary>
    public const string Key = "state";

    public string Name => Key;

    public bool Guards(BatchEventType type) => !type.Creates;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        lifecycle.From(question.Batch.Status).Any(row => row.Event == question.Type.Key) ? null : Of(question.Type, question.Batch.Status));

    /// <summary>Why an event is not legal in a state.</summary>
    public static Obstacle Of(BatchEventType type, string state)
    {
        var ended = BatchStatus.Ended(state);
        return new Obstacle(type.WhyNot.GetValueOrDefault(state) ?? (ended
            ? (Sentence)$"the batch has ended as {state}; {type.Key} no longer changes anything"
            : (Sentence)$"{type.Key} is not legal in {state}"))
        {
            Kind = ended && !type.ByPerson ? RefusalKind.Late : RefusalKind.Illegal
        };
    }
}
