using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches.Guards;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>The verbs of the state machine's rows. What they do to rows stands in <see cref="BatchTransitions" />.</summary>
internal static class BatchBehavior
{
    public static EventActivityBinder<Batch, CreateBatch> Open(this EventActivityBinder<Batch, CreateBatch> row) =>
        row.Work((work, c) => work.OpenAsync(c.Saga, c.Message, EventOrigin.Of(c, c.Message.Operator), c.CancellationToken));

    public static EventActivityBinder<Batch, ApproveBatch> RecordApproval(this EventActivityBinder<Batch, ApproveBatch> row) =>
        row.Work((work, c) => work.ApproveAsync(c.Saga, c.Message, c.CancellationToken));

    /// <summary>The row goes on with the last of the people who have to ask for it; what the others say is kept as their vote (R16).</summary>
    public static EventActivityBinder<Batch, T> CountVote<T>(this EventActivityBinder<Batch, T> row) where T : class => row.Add(new VoteActivity<T>());

    /// <summary>The row goes on at the time that its message asks for; what asks for a later one is kept until then (R21).</summary>
    public static EventActivityBinder<Batch, T> AwaitTime<T>(this EventActivityBinder<Batch, T> row) where T : class => row.Add(new ScheduleActivity<T>());

    /// <summary>The row goes on when the gates of the stage have passed; until then its message is kept as what the outside system says (R22).</summary>
    public static EventActivityBinder<Batch, T> AwaitGates<T>(this EventActivityBinder<Batch, T> row) where T : class => row.Add(new GateActivity<T>());

    public static EventActivityBinder<Batch, RevokeApproval> RevokeApproval(this EventActivityBinder<Batch, RevokeApproval> row) =>
        row.Work((work, c) => work.RevokeApprovalAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, ReopenBatch> Reopen(this EventActivityBinder<Batch, ReopenBatch> row) =>
        row.Work((work, c) => work.ReopenAsync(c.Saga, c.CancellationToken));

    public static EventActivityBinder<Batch, RejectBatch> RecordRejection(this EventActivityBinder<Batch, RejectBatch> row) =>
        row.Work((work, c) => work.RejectAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, CancelBatch> RecordCancel(this EventActivityBinder<Batch, CancelBatch> row) =>
        row.Work((work, c) => work.CancelAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, CancelBatch> RequestCancel(this EventActivityBinder<Batch, CancelBatch> row) =>
        row.Work((work, c) => work.RequestCancelAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, ConfirmBatchTag> Seal(this EventActivityBinder<Batch, ConfirmBatchTag> row) =>
        row.Work((work, c) => work.SealAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, T> BeginStage<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.WorkOnStage((work, batch, stage, said, stop) => work.BeginStageAsync(batch, stage, said, stop));

    public static EventActivityBinder<Batch, T> CompleteStage<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.WorkOnStage((work, batch, stage, _, stop) => work.CompleteStageAsync(batch, stage, stop));

    public static EventActivityBinder<Batch, T> RollBackStage<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.WorkOnStage((work, batch, stage, said, stop) => work.RollBackStageAsync(batch, stage, said, stop));

    public static EventActivityBinder<Batch, T> FinishCancel<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.WorkOnStage((work, batch, stage, _, stop) => work.FinishCancelAsync(batch, stage, stop));

    public static EventActivityBinder<Batch, StartProdRollback> RequestRollback(this EventActivityBinder<Batch, StartProdRollback> row) =>
        row.Work((work, c) => work.RequestRollbackAsync(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, StartProdRollback> AskForRollback(this EventActivityBinder<Batch, StartProdRollback> row) =>
        row.Then(c => c.Saga.AskForRollback(c.Message.Operator, c.Message.Reason));

    public static EventActivityBinder<Batch, T> StopStage<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.WorkOnStage((work, batch, stage, _, stop) => work.StopStageAsync(batch, stage, stop));

    /// <summary>The stage that takes production back begins, whatever the event.</summary>
    public static EventActivityBinder<Batch, T> GoBack<T>(this EventActivityBinder<Batch, T> row) where T : class =>
        row.Work((work, c) => work.GoBackAsync(c.Saga, BatchEventTypes.Of<T>()!.Read(c.Message), c.CancellationToken));

    public static EventActivityBinder<Batch, AcceptBatch> RecordAcceptance(this EventActivityBinder<Batch, AcceptBatch> row) =>
        row.Work((work, c) => work.AcceptAsync(c.Saga, c.Message, c.CancellationToken));

    /// <summary>No row for this state and event: say so, with the state; the refusal's answer lists what is legal.</summary>
    public static Task RefuseAsync(UnhandledEventContext<Batch> context)
    {
        var type = BatchEventTypes.OfMachine(context.Event.Name)!;
        var state = context.CurrentState.Name;
        var obstacle = StateGuard.Of(type, state);
        throw new BatchRefusedException(obstacle.Kind, obstacle.Reason) { State = state };
    }

    private static EventActivityBinder<Batch, T> Work<T>(this EventActivityBinder<Batch, T> row, Func<BatchTransitions, BehaviorContext<Batch, T>, Task> verb)
        where T : class => row.ThenAsync(c => verb(c.Service<BatchTransitions>(), c));

    /// <summary>The stage is the event's own, see its descriptor.</summary>
    private static EventActivityBinder<Batch, T> WorkOnStage<T>(
        this EventActivityBinder<Batch, T> row, Func<BatchTransitions, Batch, Stage, BatchEventHead, CancellationToken, Task> verb) where T : class
    {
        var type = BatchEventTypes.Of<T>();
        var stage = type?.Stage ?? throw new ArgumentException($"{typeof(T).Name} belongs to no stage", nameof(row));
        return row.Work((work, c) => verb(work, c.Saga, stage, type.Read(c.Message), c.CancellationToken));
    }
}
