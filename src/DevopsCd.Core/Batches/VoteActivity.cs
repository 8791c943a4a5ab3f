using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>Counts a vote. While others are still needed nothing of the row follows: the event ends with the recorded vote.</summary>
internal sealed class VoteActivity<T> : IStateMachineActivity<Batch, T> where T : class
{
    private readonly BatchEventType<T> _type = BatchEventTypes.Of<T>() is { Approves: not null } type
        ? type
        : throw new ArgumentException($"by {typeof(T).Name} nobody approves anything");

    public async Task Execute(BehaviorContext<Batch, T> context, IBehavior<Batch, T> next)
    {
        var head = _type.Read(context.Message);
        var asker = EventOrigin.Of(context, head.Operator).Asker;
        if (await context.Service<BatchTransitions>().VoteAsync(context.Saga, _type, head, asker, context.CancellationToken))
            await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<Batch, T, TException> context, IBehavior<Batch, T> next) where TException : Exception =>
        next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope("vote");
}
