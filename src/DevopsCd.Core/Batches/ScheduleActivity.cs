using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>A start that is asked for at a later time is written down, and nothing of the row follows until then (R21).</summary>
internal sealed class ScheduleActivity<T> : IStateMachineActivity<Batch, T> where T : class
{
    private readonly BatchEventType<T> _type = BatchEventTypes.Of<T>() is { StageEffect: StageEffect.Begins } type
        ? type
        : throw new ArgumentException($"by {typeof(T).Name} no stage begins");

    public async Task Execute(BehaviorContext<Batch, T> context, IBehavior<Batch, T> next)
    {
        var head = _type.Read(context.Message);
        if (head.NotBefore is null
            || !await context.Service<ScheduledStarts>().AddAsync(context.Saga, _type, head, EventOrigin.Of(context, head.Operator).Asker, context.CancellationToken))
            await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<Batch, T, TException> context, IBehavior<Batch, T> next) where TException : Exception =>
        next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("schedule");
}
