using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>
/// A stage that somebody outside has completed waits for its gates: they are asked, and nothing of the row follows until the engine, when they have
/// passed, says the same (R22). A stage that the engine completes has asked them before.
/// </summary>
internal sealed class GateActivity<T> : IStateMachineActivity<Batch, T> where T : class
{
    private readonly BatchEventType<T> _type = BatchEventTypes.Of<T>() is { StageEffect: StageEffect.Ends, Tone: EventTone.Good } type
        ? type
        : throw new ArgumentException($"by {typeof(T).Name} no stage is completed");

    public async Task Execute(BehaviorContext<Batch, T> context, IBehavior<Batch, T> next)
    {
        if (await context.Service<BatchTransitions>().PassGatesAsync(context.Saga, _type.Stage!.Value, context.CancellationToken))
            await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<Batch, T, TException> context, IBehavior<Batch, T> next) where TException : Exception =>
        next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("gates");
}
