using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Gates;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>
/// Runs around every event of the machine: refuses what was decided already and what a guard does not let pass, then records the
/// accepted event with the transition. One mechanism for all rows, so that no row can forget it.
/// </summary>
internal sealed class BatchEventObserver(BatchStateMachine machine) : IEventObserver<Batch>
{
    public async Task PreExecute<T>(BehaviorContext<Batch, T> context) where T : class
    {
        if (BatchEventTypes.Of<T>() is not { } type)
            return;
        var journal = context.Service<AuditWriter>();
        var head = type.Read(context.Message);
        if (context.MessageId is { } messageId && !EventOrigin.Of(context, head.Operator).IsNew
            && await journal.KnowsAsync(messageId, context.CancellationToken))
            throw new AlreadyHandledException();
        if (type.Approves is not null || type.Seals)
            await context.Service<BatchReleases>().ReadAsync(context.Saga, context.CancellationToken);
        await context.Service<EventGuards>().PassAsync(new EventQuestion(context.Saga, type, head) { Asker = EventOrigin.Of(context, head.Operator).Asker },
            context.CancellationToken);
        context.AddOrUpdatePayload(() => new StateBefore(context.Saga.Status), _ => new StateBefore(context.Saga.Status));
    }

    public async Task PostExecute<T>(BehaviorContext<Batch, T> context) where T : class
    {
        if (BatchEventTypes.Of<T>() is not { } type)
            return;
        var before = context.GetPayload<StateBefore>().State;
        var head = type.Read(context.Message);
        var journal = context.Service<AuditWriter>();
        if (journal.IsVote)
        {
            await journal.VotedAsync(context.Saga, type, head.Operator!, EventOrigin.Of(context, head.Operator), head.Reason, context.CancellationToken);
            return;
        }
        if (journal.IsDeferred)
        {
            journal.Deferred(context.Saga, head.Operator ?? Operators.DeploySystem, EventOrigin.Of(context, head.Operator));
            return;
        }
        await journal.AcceptAsync(
            context.Saga,
            type,
            before == machine.Initial.Name ? null : before,
            head.Operator ?? Operators.DeploySystem,
            EventOrigin.Of(context, head.Operator),
            head.Reason,
            context.CancellationToken);
        if (!type.Creates)
            await context.Service<ScheduledStarts>().PassedAsync(context.Saga, type, context.CancellationToken);
        if (type.Reopens)
            await ChangedAsync(context);
        else if (!type.Creates)
            await context.Service<GateDesk>().AskAsync(context.Saga, context.CancellationToken);
        // A stage that this event began may have ended with it: nothing is to be deployed, or nothing runs that a cancel would wait for.
        await context.Service<StageEnds>().RaiseAsync(context.CancellationToken);
    }

    /// <summary>Builds that came while the batch was sealed have flowed in: that may undo its approval.</summary>
    private static async Task ChangedAsync(BehaviorContext<Batch> context)
    {
        await context.Service<CdDbContext>().SaveChangesAsync(context.CancellationToken);
        await context.Service<ApprovedContent>().ChangedAsync(context.Saga, context.CancellationToken);
    }

    public Task PreExecute(BehaviorContext<Batch> context) => Task.CompletedTask;

    public Task PostExecute(BehaviorContext<Batch> context) => Task.CompletedTask;

    public Task ExecuteFault(BehaviorContext<Batch> context, Exception exception) => Task.CompletedTask;

    public Task ExecuteFault<T>(BehaviorContext<Batch, T> context, Exception exception) where T : class => Task.CompletedTask;

    private sealed record StateBefore(string State);
}
