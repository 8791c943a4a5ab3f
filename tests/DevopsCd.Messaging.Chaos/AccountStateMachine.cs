using MassTransit;

namespace DevopsCd.Messaging.Chaos;

/// <summary>new → open ↔ frozen → closed; whatever does not fit is refused aloud.</summary>
public sealed class AccountStateMachine : MassTransitStateMachine<Account>
{
    private static readonly Dictionary<(string State, string Kind), string> s_moves = new()
    {
        [("Running", "touch")] = "Running",
        [("Running", "freeze")] = "Frozen",
        [("Frozen", "thaw")] = "Running",
        [("Frozen", "close")] = "Closed",
        [("Running", "close")] = "Closed",
    };

    public AccountStateMachine()
    {
        InstanceState(account => account.CurrentState);
        Event(() => Poked, e =>
        {
            e.CorrelateById(context => context.Message.AccountId);
            e.InsertOnInitial = true;
            e.SetSagaFactory(context => new Account { CorrelationId = context.Message.AccountId });
        });
        Initially(When(Poked).TransitionTo(Running).Activity(x => x.OfType<PokeActivity>()));
        During(Running, Frozen, Closed, When(Poked).Activity(x => x.OfType<PokeActivity>()));
    }

    public State Running { get; } = null!;

    public State Frozen { get; } = null!;

    public State Closed { get; } = null!;

    public Event<Poke> Poked { get; } = null!;

    /// <summary>The state after the event, or null when it is refused: the model the run is checked against, too.</summary>
    internal static string? Next(string state, string kind) => s_moves.GetValueOrDefault((state, kind));
}
