namespace DevopsCd.Core.Batches.Guards;

/// <summary>What people decide no system does.</summary>
internal sealed class PersonGuard : IEventGuard
{
    public string Name => "person";

    public bool Guards(BatchEventType type) => type.ByPersonAlone;

    public ValueTask<Obstacle?> CheckAsync(EventQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(
        question.Asked is { } asked && !Operators.IsPerson(asked.Operator)
            ? new Obstacle($"{question.Type.Key} requires a person; '{asked.Operator}' is a system identity") { LiftedBy = question.Type.Permission }
            : null);
}
