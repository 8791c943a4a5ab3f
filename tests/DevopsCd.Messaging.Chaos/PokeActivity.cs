using System.Collections.Concurrent;
using MassTransit;

namespace DevopsCd.Messaging.Chaos;

internal sealed class PokeActivity(ChaosDb db) : IStateMachineActivity<Account, Poke>
{
    private static readonly ConcurrentDictionary<Guid, int> s_failed = [];

    public async Task Execute(BehaviorContext<Account, Poke> context, IBehavior<Account, Poke> next)
    {
        var poke = context.Message;
        var state = AccountStateMachine.Next(context.Saga.CurrentState, poke.Kind);
        var outcome = state is null ? "refused" : "applied";
        if (state is not null)
        {
            context.Saga.CurrentState = state;
            context.Saga.Applied++;
        }
        else
        {
            context.Saga.Refused++;
        }

        db.Add(new PokeRow { PokeId = poke.PokeId, AccountId = poke.AccountId, Kind = poke.Kind, Outcome = outcome });
        await context.Publish(new Poked { PokeId = poke.PokeId, Outcome = outcome });

        // After the work, so that what must be taken back is there to be taken back.
        if (s_failed.AddOrUpdate(poke.PokeId, 1, (_, count) => count + 1) <= poke.Failures)
            throw new InvalidOperationException("This event fails on purpose");
        await next.Execute(context);
    }

    public Task Faulted<TException>(BehaviorExceptionContext<Account, Poke, TException> context, IBehavior<Account, Poke> next)
        where TException : Exception => next.Faulted(context);

    public void Probe(ProbeContext context) => context.CreateScope("poke");

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);
}
