using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>The verbs of the state machine's rows. What they do to rows stands in <see cref="BatchWork" />.</summary>
internal static class BatchBehavior
{
    public static EventActivityBinder<Batch, CreateBatch> Open(this EventActivityBinder<Batch, CreateBatch> row) =>
        row.Work((work, c) => work.Open(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, ApproveBatch> RecordApproval(this EventActivityBinder<Batch, ApproveBatch> row) =>
        row.Work((work, c) => work.Approve(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, RejectBatch> RecordRejection(this EventActivityBinder<Batch, RejectBatch> row) =>
        row.Work((work, c) => work.Reject(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, CancelBatch> RecordCancel(this EventActivityBinder<Batch, CancelBatch> row) =>
        row.Work((work, c) => work.Cancel(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, CancelBatch> RequestCancel(this EventActivityBinder<Batch, CancelBatch> row) =>
        row.Work((work, c) => work.RequestCancel(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, DeployStopped> FinishCancel(this EventActivityBinder<Batch, DeployStopped> row) =>
        row.Work((work, c) => work.FinishCancel(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, ConfirmBatchTag> Seal(this EventActivityBinder<Batch, ConfirmBatchTag> row) =>
        row.Work((work, c) => work.Seal(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, StartPreDeploy> BeginPreDeploy(this EventActivityBinder<Batch, StartPreDeploy> row) =>
        row.Work((work, c) => work.BeginPreDeploy(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, PreDeployCompleted> CompletePreDeploy(this EventActivityBinder<Batch, PreDeployCompleted> row) =>
        row.Work((work, c) => work.CompleteStage(c.Saga, Stage.Pre, c.Message.Attempt, c.CancellationToken));

    public static EventActivityBinder<Batch, PreDeployFailed> RollBackPreDeploy(this EventActivityBinder<Batch, PreDeployFailed> row) =>
        row.Work((work, c) => work.RollBackStage(c.Saga, Stage.Pre, c.Message.Attempt, c.Message.Reason, c.CancellationToken));

    public static EventActivityBinder<Batch, StartProdDeploy> BeginProdDeploy(this EventActivityBinder<Batch, StartProdDeploy> row) =>
        row.Work((work, c) => work.BeginProdDeploy(c.Saga, c.Message, c.CancellationToken));

    public static EventActivityBinder<Batch, ProdDeployCompleted> CompleteProdDeploy(this EventActivityBinder<Batch, ProdDeployCompleted> row) =>
        row.Work((work, c) => work.CompleteStage(c.Saga, Stage.Prod, c.Message.Attempt, c.CancellationToken));

    public static EventActivityBinder<Batch, ProdDeployFailed> RollBackProdDeploy(this EventActivityBinder<Batch, ProdDeployFailed> row) =>
        row.Work((work, c) => work.RollBackStage(c.Saga, Stage.Prod, c.Message.Attempt, c.Message.Reason, c.CancellationToken));

    public static EventActivityBinder<Batch, AcceptBatch> RecordAcceptance(this EventActivityBinder<Batch, AcceptBatch> row) =>
        row.Work((work, c) => work.Accept(c.Saga, c.Message, c.CancellationToken));

    /// <summary>No row for this state and event: say so, with the state; the refusal's answer lists what is legal.</summary>
    public static Task Refuse(UnhandledEventContext<Batch> context)
    {
        var batchEvent = Lifecycle.Key(context.Event.Name);
        var state = context.CurrentState.Name;
        var ended = BatchStatus.Ended(state);
        var late = ended && Lifecycle.IsFact(context.Event.Name);
        throw new BatchRefused(late ? RefusalKind.Late : RefusalKind.Illegal,
            ended ? $"the batch has ended as {state}; {batchEvent} changes nothing any more" : Why(batchEvent, state))
        {
            State = state
        };
    }

    private static string Why(string batchEvent, string state) => (batchEvent, state) switch
    {
        ("cancel", BatchStatus.ProdDeploying) => "production must first reach a result; cancel is refused while it deploys",
        _ => $"{batchEvent} is not legal in {state}"
    };

    private static EventActivityBinder<Batch, T> Work<T>(this EventActivityBinder<Batch, T> row, Func<BatchWork, BehaviorContext<Batch, T>, Task> verb)
        where T : class => row.ThenAsync(c => verb(c.Service<BatchWork>(), c));
}
