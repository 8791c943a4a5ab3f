using System.Collections.Frozen;
using DevopsCd.Contracts.Api;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace DevopsCd.Core.Batches;

/// <summary>The table of the life of a batch, read out of the compiled state machine; there is no second one.</summary>
internal sealed class BatchTransitionTable
{
    private readonly FrozenDictionary<string, IReadOnlyList<LifecycleRow>> _byState;

    public BatchTransitionTable(BatchStateMachine machine)
    {
        var reader = new RowReader();
        machine.Accept(reader);
        Rows = [.. reader.Rows.Where(r => r.From != machine.Initial.Name).OrderBy(r => BatchStatus.Code(r.From)).ThenBy(r => BatchEventTypes.Order(r.Event))];
        _byState = Rows.GroupBy(r => r.From).ToFrozenDictionary(g => g.Key, g => (IReadOnlyList<LifecycleRow>)[.. g]);
    }

    /// <summary>Every legal (state, event) pair and where it leads.</summary>
    public IReadOnlyList<LifecycleRow> Rows { get; }

    /// <summary>The rows that are legal in a state.</summary>
    public IReadOnlyList<LifecycleRow> From(string state) => _byState.GetValueOrDefault(state) ?? [];

    /// <summary>What is legal in a state, as API and refusals tell it.</summary>
    public IReadOnlyList<AvailableEvent> Available(string state) => [.. From(state).Select(row =>
    {
        var type = BatchEventTypes.Get(row.Event);
        return new AvailableEvent
        {
            Event = row.Event,
            Description = type.Label,
            TargetState = BatchStatus.Code(row.To),
            TargetStateName = row.To,
            By = type.ByPerson ? "person" : "engine"
        };
    })];

    /// <summary>Walks the machine: a state, an event in it, the transition the event's behaviour ends with.</summary>
    private sealed class RowReader : StateMachineVisitor
    {
        private string _state = "";
        private string _event = "";

        public List<LifecycleRow> Rows { get; } = [];

        public void Visit(State state, Action<State> next)
        {
            _state = state.Name;
            next(state);
        }

        public void Visit(Event @event, Action<Event> next)
        {
            _event = @event.Name;
            next(@event);
        }

        public void Visit<TMessage>(Event<TMessage> @event, Action<Event<TMessage>> next) where TMessage : class
        {
            _event = @event.Name;
            next(@event);
        }

        public void Visit(IStateMachineActivity activity)
        {
            if (activity is TransitionActivity<Batch> transition)
                Rows.Add(new LifecycleRow(BatchEventTypes.OfMachine(_event)?.Key ?? throw new InvalidOperationException(
                    $"the event {_event} has no descriptor in {nameof(BatchEventTypes)}"), _state, transition.ToState.Name));
        }

        public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
        {
            Visit(activity);
            next(activity);
        }

        public void Visit<T>(IBehavior<T> behavior) where T : class, SagaStateMachineInstance
        {
        }

        public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next) where T : class, SagaStateMachineInstance => next(behavior);

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior) where T : class, SagaStateMachineInstance where TMessage : class
        {
        }

        public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior, Action<IBehavior<T, TMessage>> next)
            where T : class, SagaStateMachineInstance where TMessage : class => next(behavior);
    }
}

/// <summary>An event that is legal in a state, and where it leads.</summary>
internal sealed record LifecycleRow(string Event, string From, string To);
