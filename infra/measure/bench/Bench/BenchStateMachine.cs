using MassTransit;

namespace DevopsCd.Bench;

public sealed class BenchStateMachine : MassTransitStateMachine<BenchSaga>
{
    public BenchStateMachine()
    {
        InstanceState(saga => saga.CurrentState);
        Event(() => Advanced, e => e.CorrelateById(context => context.Message.SagaId));
        During(Running, Waiting, When(Advanced).Activity(x => x.OfType<AdvanceActivity>()).TransitionTo(Waiting));
    }

    public State Running { get; } = null!;

    public State Waiting { get; } = null!;

    public Event<Advance> Advanced { get; } = null!;
}

public sealed class AdvanceActivity(BenchDb db) : IStateMachineActivity<BenchSaga, Advance>
{
    public async Task Execute(BehaviorContext<BenchSaga, Advance> context, IBehavior<BenchSaga, Advance> next)
    {
        var now = DateTimeOffset.UtcNow;
        context.Saga.Step = context.Message.Step;
        context.Saga.ChangedAt = now;
        db.Add(new BenchAudit { SagaId = context.Saga.CorrelationId, Step = context.Message.Step, At = now });
        if (context.Message.Step < Advance.Steps)
            await context.Publish(context.Message with { Step = context.Message.Step + 1 });
        else
            await context.Publish(new Finished { SagaId = context.Saga.CorrelationId });
        await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<BenchSaga, Advance, TException> context, IBehavior<BenchSaga, Advance> next)
        where TException : Exception => next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("advance");

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);
}
