using DevopsCd.Contracts;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>
/// The life of a batch, as the seed draws it. A row is: event, what happens, where it leads.
/// Whatever is not a row is refused aloud. End states are ordinary states: an ended batch is history, never finalized.
/// </summary>
internal sealed class BatchStateMachine : MassTransitStateMachine<Batch>
{
    public BatchStateMachine()
    {
        InstanceState(b => b.Status);
        CorrelateEvents();
        OnUnhandledEvent(BatchBehavior.RefuseAsync);

        Initially(
            When(Submitted).Open().TransitionTo(PendingApproval));
        During(PendingApproval,
            When(Approve).CountVote().RecordApproval().TransitionTo(Approved),
            When(Reject).RecordRejection().TransitionTo(Rejected));
        During(Approved,
            When(ConfirmTag).Seal().TransitionTo(Sealed),
            When(RevokeApproval).RevokeApproval().TransitionTo(PendingApproval));
        During(Sealed,
            When(StartPreDeploy).AwaitTime().BeginStage().TransitionTo(PreDeploying));
        During(PreDeploying,
            When(PreDeployCompleted).AwaitGates().CompleteStage().TransitionTo(PreDeployed),
            When(PreDeployFailed).RollBackStage().TransitionTo(Sealed),
            When(Cancel).RequestCancel().TransitionTo(PreDeploying),
            When(DeployStopped).FinishCancel().TransitionTo(Cancelled));
        During(PreDeployed,
            When(StartProdDeploy).AwaitTime().CountVote().BeginStage().TransitionTo(ProdDeploying));
        During(ProdDeploying,
            When(ProdDeployCompleted).AwaitGates().CompleteStage().TransitionTo(ProdDeployed),
            When(ProdDeployFailed).RollBackStage().TransitionTo(PreDeployed),
            When(StartProdRollback).RequestRollback().TransitionTo(ProdDeploying),
            When(ProdDeployStopped).StopStage().GoBack().TransitionTo(ProdRollingBack));
        During(ProdDeployed,
            When(FinalAccept).RecordAcceptance().TransitionTo(FinalAccepted));
        During(ProdRollingBack,
            When(ProdRollbackCompleted).CompleteStage().TransitionTo(PreDeployed),
            When(ProdRollbackFailed).RollBackStage().TransitionTo(PreDeployed));
        During([PreDeployed, ProdDeployed],
            When(StartProdRollback).AskForRollback().GoBack().TransitionTo(ProdRollingBack));
        During([Sealed, PreDeployed],
            When(Reopen).Reopen().TransitionTo(Approved));
        During([PendingApproval, Approved, Sealed, PreDeployed],
            When(Cancel).RecordCancel().TransitionTo(Cancelled));

        ConnectEventObserver(new BatchEventObserver(this));
    }

    public State PendingApproval { get; private set; } = null!;

    public State Approved { get; private set; } = null!;

    public State Rejected { get; private set; } = null!;

    public State Sealed { get; private set; } = null!;

    public State PreDeploying { get; private set; } = null!;

    public State PreDeployed { get; private set; } = null!;

    public State ProdDeploying { get; private set; } = null!;

    public State ProdDeployed { get; private set; } = null!;

    /// <summary>Not among the seed's ten: production goes back to what ran before the batch (R19).</summary>
    public State ProdRollingBack { get; private set; } = null!;

    public State FinalAccepted { get; private set; } = null!;

    public State Cancelled { get; private set; } = null!;

    public Event<CreateBatch> Submitted { get; private set; } = null!;

    public Event<ApproveBatch> Approve { get; private set; } = null!;

    public Event<RejectBatch> Reject { get; private set; } = null!;

    public Event<CancelBatch> Cancel { get; private set; } = null!;

    public Event<ConfirmBatchTag> ConfirmTag { get; private set; } = null!;

    public Event<StartPreDeploy> StartPreDeploy { get; private set; } = null!;

    public Event<PreDeployCompleted> PreDeployCompleted { get; private set; } = null!;

    public Event<PreDeployFailed> PreDeployFailed { get; private set; } = null!;

    public Event<StartProdDeploy> StartProdDeploy { get; private set; } = null!;

    public Event<ProdDeployCompleted> ProdDeployCompleted { get; private set; } = null!;

    public Event<ProdDeployFailed> ProdDeployFailed { get; private set; } = null!;

    public Event<AcceptBatch> FinalAccept { get; private set; } = null!;

    /// <summary>Not among the seed's eleven: the engine's answer to a cancel while pre-deploying (R6).</summary>
    public Event<DeployStopped> DeployStopped { get; private set; } = null!;

    /// <summary>Not among the seed's eleven: the approval is taken back, by a person or by the project's policy (R16).</summary>
    public Event<RevokeApproval> RevokeApproval { get; private set; } = null!;

    /// <summary>Not among the seed's eleven: the seal is undone, so that a fix gets in (R18).</summary>
    public Event<ReopenBatch> Reopen { get; private set; } = null!;

    /// <summary>Not among the seed's eleven: a person wants what ran before the batch (R19).</summary>
    public Event<StartProdRollback> StartProdRollback { get; private set; } = null!;

    /// <summary>Not among the seed's eleven: the engine's answer to that while production deploys.</summary>
    public Event<ProdDeployStopped> ProdDeployStopped { get; private set; } = null!;

    public Event<ProdRollbackCompleted> ProdRollbackCompleted { get; private set; } = null!;

    public Event<ProdRollbackFailed> ProdRollbackFailed { get; private set; } = null!;

    private void CorrelateEvents()
    {
        Event(() => Submitted, e => e.CorrelateById(c => c.Message.BatchId));
        Existing(() => Approve, m => m.BatchId);
        Existing(() => Reject, m => m.BatchId);
        Existing(() => Cancel, m => m.BatchId);
        Existing(() => ConfirmTag, m => m.BatchId);
        Existing(() => StartPreDeploy, m => m.BatchId);
        Existing(() => PreDeployCompleted, m => m.BatchId);
        Existing(() => PreDeployFailed, m => m.BatchId);
        Existing(() => StartProdDeploy, m => m.BatchId);
        Existing(() => ProdDeployCompleted, m => m.BatchId);
        Existing(() => ProdDeployFailed, m => m.BatchId);
        Existing(() => FinalAccept, m => m.BatchId);
        Existing(() => DeployStopped, m => m.BatchId);
        Existing(() => RevokeApproval, m => m.BatchId);
        Existing(() => Reopen, m => m.BatchId);
        Existing(() => StartProdRollback, m => m.BatchId);
        Existing(() => ProdDeployStopped, m => m.BatchId);
        Existing(() => ProdRollbackCompleted, m => m.BatchId);
        Existing(() => ProdRollbackFailed, m => m.BatchId);
    }

    private void Existing<T>(System.Linq.Expressions.Expression<Func<Event<T>>> batchEvent, Func<T, Guid> batchId) where T : class =>
        Event(batchEvent, e =>
        {
            e.CorrelateById(c => batchId(c.Message));
            e.OnMissingInstance(m => m.ExecuteAsync(c => throw BatchRefusedException.NoSuchBatch(batchId(c.Message))));
        });
}
