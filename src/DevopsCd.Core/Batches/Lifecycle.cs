using System.Collections.Frozen;
using System.Text.Json;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace DevopsCd.Core.Batches;

/// <summary>The table of the life of a batch, read out of the compiled state machine; there is no second one.</summary>
internal sealed class Lifecycle
{
    /// <summary>The eleven events of spec §2 and the engine's own one, with their Chinese labels and who raises them.</summary>
    private static readonly FrozenDictionary<string, (string Label, bool ByEngine)> s_events = new Dictionary<string, (string, bool)>
    {
        ["approve"] = ("审核通过", false),
        ["reject"] = ("审核拒绝", false),
        ["cancel"] = ("取消批次", false),
        ["confirm_tag"] = ("封板确认", false),
        ["start_pre_deploy"] = ("开始预发布", false),
        ["pre_deploy_completed"] = ("预发布完成", true),
        ["pre_deploy_failed"] = ("预发布失败", true),
        ["start_prod_deploy"] = ("开始生产部署", false),
        ["prod_deploy_completed"] = ("生产部署完成", true),
        ["prod_deploy_failed"] = ("生产部署失败", true),
        ["final_accept"] = ("最终验收", false),
        ["deploy_stopped"] = ("部署已停止", true),
    }.ToFrozenDictionary();

    private readonly FrozenDictionary<string, IReadOnlyList<LifecycleRow>> _byState;

    public Lifecycle(BatchStateMachine machine)
    {
        var reader = new RowReader();
        machine.Accept(reader);
        Rows = [.. reader.Rows.Where(r => r.From != machine.Initial.Name).OrderBy(r => BatchStatus.Code(r.From)).ThenBy(r => Order(r.Event))];
        _byState = Rows.GroupBy(r => r.From).ToFrozenDictionary(g => g.Key, g => (IReadOnlyList<LifecycleRow>)[.. g]);
    }

    /// <summary>Every legal (state, event) pair and where it leads.</summary>
    public IReadOnlyList<LifecycleRow> Rows { get; }

    /// <summary>All event keys, in the order of spec §2.</summary>
    public static IReadOnlyList<string> Events { get; } =
    [
        "approve", "reject", "cancel", "confirm_tag", "start_pre_deploy", "pre_deploy_completed", "pre_deploy_failed",
        "start_prod_deploy", "prod_deploy_completed", "prod_deploy_failed", "final_accept"
    ];

    /// <summary>The rows that are legal in a state.</summary>
    public IReadOnlyList<LifecycleRow> From(string state) => _byState.GetValueOrDefault(state) ?? [];

    public static string Label(string batchEvent) => s_events[batchEvent].Label;

    /// <summary>Whether the engine or the deploy system raises the event, not a person.</summary>
    public static bool ByEngine(string batchEvent) => s_events[batchEvent].ByEngine;

    /// <summary>Whether the event is a person's alone (spec §2); a pre-deploy is started by the engine, too.</summary>
    public static bool ByPersonAlone(string batchEvent) => batchEvent == "create" || (!ByEngine(batchEvent) && batchEvent != "start_pre_deploy");

    /// <summary>The seed's key of a machine event's name.</summary>
    public static string Key(string eventName) => eventName == nameof(BatchStateMachine.Submitted)
        ? "create"
        : JsonNamingPolicy.SnakeCaseLower.ConvertName(eventName);

    /// <summary>Whether a machine event is one of the table, not a state's own enter or leave event.</summary>
    public static bool IsEvent(string eventName) => eventName == nameof(BatchStateMachine.Submitted) || s_events.ContainsKey(Key(eventName));

    public static bool IsFact(string eventName) => s_events.TryGetValue(Key(eventName), out var e) && e.ByEngine;

    /// <summary>The lifecycle as a Mermaid state diagram, for the README.</summary>
    public string ToMermaid()
    {
        var lines = new List<string> { "stateDiagram-v2" };
        lines.AddRange(BatchStatus.All.Select(s => $"    {s.Name}: {s.Code} {s.Name} {s.Label}"));
        lines.Add($"    [*] --> {BatchStatus.PendingApproval}");
        lines.AddRange(Rows.Select(r => $"    {r.From} --> {r.To}: {r.Event}"));
        lines.AddRange(BatchStatus.All.Where(s => BatchStatus.Ended(s.Name)).Select(s => $"    {s.Name} --> [*]"));
        return string.Join('\n', lines);
    }

    private static int Order(string batchEvent)
    {
        var index = Events.ToList().IndexOf(batchEvent);
        return index < 0 ? int.MaxValue : index;
    }

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
                Rows.Add(new LifecycleRow(Key(_event), _state, transition.ToState.Name));
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
