using DevopsCd.Contracts;
using DevopsCd.Core.Access;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Observability;
using DevopsCd.Core.Policies;
using MassTransit;

namespace DevopsCd.Core.Batches;

/// <summary>
/// What the rows of the state machine do, in the saga's transaction and under its row lock. What may stand in the way has been
/// asked before, by the guards.
/// </summary>
internal sealed class BatchTransitions(
    BatchReleases releases, IPublishEndpoint publish, BatchFactory opening, StageDispatcher dispatcher, StageEnds ends, AuditWriter journal,
    ContentHistory history, BatchPolicies policies, BatchVotes votes, ApprovalViews approvals, ApprovedContent approvedContent,
    BuildIntake builds, FreezeBook freezes, GateDesk gates, DeployOptions deploy, TimeProvider clock)
{
    public Task OpenAsync(Batch batch, CreateBatch command, EventOrigin origin, CancellationToken cancellationToken) =>
        opening.OpenAsync(batch, command, origin.Asker, origin.Split, cancellationToken);

    public async Task ApproveAsync(Batch batch, ApproveBatch command, CancellationToken cancellationToken) =>
        batch.Approve(command.Operator, ContentHash.Of(await releases.OfAsync(batch, cancellationToken)), clock.GetUtcNow());

    /// <summary>Counts somebody's vote for an event that several people may have to ask for.</summary>
    /// <returns>Whether the event happens: nobody else is needed.</returns>
    public async Task<bool> VoteAsync(Batch batch, BatchEventType type, BatchEventHead head, Subject asker, CancellationToken cancellationToken)
    {
        var content = await releases.OfAsync(batch, cancellationToken);
        if (await votes.GiveAsync(batch, type.Approves!.Value, content, head, asker, cancellationToken) is not { } standing)
            return true;
        journal.Counted(standing.Count with { Missing = await approvals.MissingAsync(batch, standing, cancellationToken) });
        return standing.Tally.IsReached;
    }

    public async Task RevokeApprovalAsync(Batch batch, RevokeApproval command, CancellationToken cancellationToken)
    {
        batch.RevokeApproval();
        await votes.VoidAsync(batch, ApprovalKind.Release, command.Reason, cancellationToken);
        await builds.CatchUpAsync(batch, await releases.OfAsync(batch, cancellationToken), cancellationToken);
    }

    public async Task RejectAsync(Batch batch, RejectBatch command, CancellationToken cancellationToken)
    {
        batch.Reject(command.Reason);
        await EndAsync(batch, cancellationToken);
    }

    public async Task CancelAsync(Batch batch, CancelBatch command, CancellationToken cancellationToken)
    {
        batch.Cancel(command.Operator, command.Reason, clock.GetUtcNow());
        await EndAsync(batch, cancellationToken);
    }

    public async Task RequestCancelAsync(Batch batch, CancelBatch command, CancellationToken cancellationToken)
    {
        batch.RequestCancel(command.Operator, command.Reason);
        await dispatcher.AdvanceAsync(batch, batch.Running!.Value, cancellationToken);
    }

    public async Task FinishCancelAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        batch.FinishCancel(stage, clock.GetUtcNow());
        Tracing.Ended(batch, stage, "stopped for a cancel");
        await EndAsync(batch, cancellationToken);
    }

    public async Task SealAsync(Batch batch, ConfirmBatchTag command, CancellationToken cancellationToken)
    {
        var content = await releases.OfAsync(batch, cancellationToken);
        var targets = await releases.TargetsAsync(batch, cancellationToken);
        var hash = ContentHash.Of(content);
        if (batch.ApprovedContentHash is { } approved && approved != hash)
            journal.DiffersFromApproval(ContentDifference.View(await history.SinceAsync(batch.Id, content, approved, cancellationToken)) ?? []);
        foreach (var release in content)
        {
            release.IsLocked = true;
            release.SealedTargets = SealedTarget.Write(targets[release.AppId]);
        }
        var isAutomatic = (await policies.OfAsync(batch, cancellationToken)).AutomaticPreDeploy;
        batch.Seal(command.Operator, isAutomatic, clock.GetUtcNow());
        await dispatcher.KeepWhatIsTheSameAsync(batch, content, cancellationToken);
        // Whatever gates hold starts when they have passed.
        if (!isAutomatic || !await gates.LetPassAsync(batch, Stages.All.Single(stage => stage.StartsByItself()), cancellationToken))
            return;
        // At once; the scan's second function is the net (R5).
        await publish.Publish(AutomaticStart.Of(batch.CorrelationId),
            c => c.MessageId = AutomaticStart.MessageId(batch.CorrelationId, batch.SealNumber, batch.Pre.Attempt), cancellationToken);
    }

    public async Task ReopenAsync(Batch batch, CancellationToken cancellationToken)
    {
        batch.Reopen();
        var content = await releases.OfAsync(batch, cancellationToken);
        foreach (var release in content)
            release.Unlock();
        if (!await approvedContent.HoldsBuildsAsync(batch, cancellationToken))
            await builds.CatchUpAsync(batch, content, cancellationToken);
    }

    public async Task BeginStageAsync(Batch batch, Stage stage, BatchEventHead said, CancellationToken cancellationToken)
    {
        if (said.All)
            await dispatcher.ForgetAsync(batch, stage, cancellationToken);
        if (batch.Rollback.Attempt > 0)
            await ForgetRollbackAsync(batch, cancellationToken);
        await BeginAsync(batch, stage, said, cancellationToken);
        if (said.OverrideFreeze && await freezes.OfAsync(batch, stage, cancellationToken) is { } frozen)
        {
            batch.OverrideFreeze(said.Operator!);
            journal.Overrides(frozen.InWords());
        }
        await dispatcher.AdvanceAsync(batch, stage, cancellationToken);
    }

    private async Task BeginAsync(Batch batch, Stage stage, BatchEventHead said, CancellationToken cancellationToken)
    {
        batch.Begin(stage, clock.GetUtcNow(), (await policies.OfAsync(batch, cancellationToken)).BatchTimeout);
        batch.Follow(Tracing.Begin(batch, stage, said.Operator == Operators.Engine));
    }

    /// <summary>Whether a stage that is said to be completed is, as far as its gates go; where they have not passed they are asked.</summary>
    public async Task<bool> PassGatesAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (!deploy.External || (await gates.AskAsync(batch, stage, cancellationToken)).Why is not { } why)
            return true;
        journal.Defers(GateDesk.Awaited, why);
        return false;
    }

    public async Task CompleteStageAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        if (deploy.External)
            await dispatcher.CloseExternalAsync(batch, stage, succeeded: true, cancellationToken);
        batch.Complete(stage, clock.GetUtcNow());
        Tracing.Ended(batch, stage, null);
    }

    public async Task RollBackStageAsync(Batch batch, Stage stage, BatchEventHead said, CancellationToken cancellationToken)
    {
        if (deploy.External)
            await dispatcher.CloseExternalAsync(batch, stage, succeeded: false, cancellationToken);
        batch.Fail(stage, said.Reason!, await HasMovedAsync(batch, stage, cancellationToken), clock.GetUtcNow());
        Tracing.Ended(batch, stage, said.Reason);
    }

    public async Task RequestRollbackAsync(Batch batch, StartProdRollback command, CancellationToken cancellationToken)
    {
        batch.RequestRollback(command.Operator, command.Reason);
        await dispatcher.AdvanceAsync(batch, batch.Running!.Value, cancellationToken);
    }

    public async Task StopStageAsync(Batch batch, Stage stage, CancellationToken cancellationToken)
    {
        batch.Stop(stage, await HasMovedAsync(batch, stage, cancellationToken), clock.GetUtcNow());
        Tracing.Ended(batch, stage, "stopped for a rollback");
    }

    /// <summary>Production begins to go back. Whoever wants it there again decides that anew.</summary>
    public async Task GoBackAsync(Batch batch, BatchEventHead said, CancellationToken cancellationToken)
    {
        await votes.VoidAsync(batch, ApprovalKind.Production, $"production is rolled back: {batch.RollbackReason}", cancellationToken);
        await BeginAsync(batch, Stage.Rollback, said, cancellationToken);
        await dispatcher.AdvanceAsync(batch, Stage.Rollback, cancellationToken);
    }

    public async Task AcceptAsync(Batch batch, AcceptBatch command, CancellationToken cancellationToken)
    {
        batch.Accept(command.Operator, clock.GetUtcNow());
        await EndAsync(batch, cancellationToken);
    }

    /// <summary>Whether an application may run what an attempt that has ended was to deploy.</summary>
    private async Task<bool> HasMovedAsync(Batch batch, Stage stage, CancellationToken cancellationToken) =>
        deploy.External || (ends.Moved(batch, stage) ?? await dispatcher.MovedAsync(batch, stage, cancellationToken));

    /// <summary>What the releases show of a rollback is over as soon as a stage begins.</summary>
    private async Task ForgetRollbackAsync(Batch batch, CancellationToken cancellationToken)
    {
        foreach (var release in await releases.OfAsync(batch, cancellationToken))
            release.RollbackStatus = ReleaseStatus.None;
    }

    private async Task EndAsync(Batch batch, CancellationToken cancellationToken)
    {
        foreach (var release in await releases.OfAsync(batch, cancellationToken))
            release.IsOpen = false;
    }
}
