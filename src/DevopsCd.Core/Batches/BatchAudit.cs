using DevopsCd.Core.Auditing;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Runs around every event of the machine: refuses what was decided already or on an old version, then records the
/// accepted event with the transition. One mechanism for all rows, so that no row can forget it.
/// </summary>
internal sealed class BatchAudit(BatchStateMachine machine) : IEventObserver<Batch>
{
    public async Task PreExecute<T>(BehaviorContext<Batch, T> context) where T : class
    {
        if (!Lifecycle.IsEvent(context.Event.Name))
            return;
        var journal = context.Service<BatchJournal>();
        if (context.MessageId is { } messageId && await journal.Knows(messageId, context.CancellationToken))
            throw new AlreadyHandled();
        var (key, by) = (Lifecycle.Key(context.Event.Name), EventFields<T>.Operator(context.Message));
        if (Lifecycle.ByPersonAlone(key) && !Operators.IsPerson(by))
            throw new BatchRefused(RefusalKind.Illegal, $"{key} is for a person; '{by}' is none") { State = context.Saga.Status };
        if (EventFields<T>.ExpectedVersion(context.Message) is { } expected && expected != context.Saga.Version)
            throw new BatchRefused(RefusalKind.Stale, $"the batch is at version {context.Saga.Version}, not {expected}; look at it again") { State = context.Saga.Status };
        context.AddOrUpdatePayload(() => new StateBefore(context.Saga.Status), _ => new StateBefore(context.Saga.Status));
    }

    public Task PostExecute<T>(BehaviorContext<Batch, T> context) where T : class
    {
        if (!Lifecycle.IsEvent(context.Event.Name))
            return Task.CompletedTask;
        var before = context.GetPayload<StateBefore>().State;
        return context.Service<BatchJournal>().Accept(
            context.Saga,
            Lifecycle.Key(context.Event.Name),
            before == machine.Initial.Name ? null : before,
            EventFields<T>.Operator(context.Message) ?? Operators.DeploySystem,
            EventSource.Of(context, EventFields<T>.Operator(context.Message)),
            EventFields<T>.Reason(context.Message),
            context.MessageId,
            context.CancellationToken);
    }

    public Task PreExecute(BehaviorContext<Batch> context) => Task.CompletedTask;

    public Task PostExecute(BehaviorContext<Batch> context) => Task.CompletedTask;

    public Task ExecuteFault(BehaviorContext<Batch> context, Exception exception) => Task.CompletedTask;

    public Task ExecuteFault<T>(BehaviorContext<Batch, T> context, Exception exception) where T : class => Task.CompletedTask;

    private sealed record StateBefore(string State);
}
