using MassTransit;

namespace DevopsCd.Core.Releases;

/// <summary>The saga instance: one release of several applications together. Columns keep the seed's names.</summary>
internal sealed class Batch : SagaStateMachineInstance
{
    public long Id { get; set; }

    public Guid CorrelationId { get; set; }

    public string BatchNumber { get; set; } = "";

    public string Title { get; set; } = "";

    /// <summary>The project it belongs to, as its creator named it; it may choose who is told.</summary>
    public string? Project { get; set; }

    public string Initiator { get; set; } = "";

    /// <summary>Name of the state in memory, its code in the column <c>status</c>.</summary>
    public string Status { get; set; } = "";

    public string? ApprovedBy { get; private set; }

    public DateTimeOffset? ApprovedAt { get; private set; }

    public string? ApprovedContentHash { get; private set; }

    public string? RejectedReason { get; private set; }

    public string? TaggedBy { get; private set; }

    public DateTimeOffset? TaggedAt { get; private set; }

    /// <summary>How often it was sealed.</summary>
    public int SealNumber { get; private set; }

    public StageRun Pre { get; private set; } = new();

    public StageRun Prod { get; private set; } = new();

    public StageRun Rollback { get; private set; } = new();

    /// <summary>When production was last taken back to what ran before the batch; null when it never was.</summary>
    public DateTimeOffset? RolledBackAt { get; private set; }

    /// <summary>Who has asked for the last rollback.</summary>
    public string? RollbackBy { get; private set; }

    public string? RollbackReason { get; private set; }

    /// <summary>A rollback was asked for while production deploys: nothing more starts, and it begins when nothing runs (R19).</summary>
    public bool RollbackRequested { get; private set; }

    public string? FinalAcceptedBy { get; private set; }

    public DateTimeOffset? FinalAcceptedAt { get; private set; }

    public string? CancelledBy { get; private set; }

    public DateTimeOffset? CancelledAt { get; private set; }

    public string? CancelReason { get; private set; }

    /// <summary>A cancel arrived while pre-deploying: nothing more starts, and the batch ends when nothing runs (R6).</summary>
    public bool CancelRequested { get; private set; }

    /// <summary>Only a person starts pre-production: it has failed (R5), or the policy says so.</summary>
    public bool AutoDeployBlocked { get; private set; }

    /// <summary>Why the stage that ran last failed; null when it did not.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>When the running stage is over time; a row, so that a restart resets nothing (R9).</summary>
    public DateTimeOffset? StageDeadlineAt { get; private set; }

    /// <summary>Since when a freeze or a soak keeps the running stage from starting anything; its time does not pass. Null while nothing does.</summary>
    public DateTimeOffset? PausedAt { get; private set; }

    /// <summary>When that is over, as far as it is known: it is looked at then.</summary>
    public DateTimeOffset? PausedUntil { get; private set; }

    /// <summary>Who has started the present or last stage although a freeze held; null where nobody had to.</summary>
    public string? FreezeOverriddenBy { get; private set; }

    /// <summary>What continues the trace of the stage that runs or ran last, in the form of W3C's <c>traceparent</c>; null where nobody listened.</summary>
    public string? Trace { get; private set; }

    /// <summary>The production plan of R7 as JSON, computed once.</summary>
    public string? ProdPlan { get; private set; }

    public DateTimeOffset? ProdPlannedAt { get; private set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>How many events the batch has accepted (R12).</summary>
    public int Version { get; set; }

    public List<BatchRelease> Releases { get; } = [];

    /// <summary>The stage that runs at present, or null.</summary>
    public Stage? Running => BatchStatus.Deploying(Status);

    /// <summary>The running stage was asked to end: nothing more starts, and what runs is stopped.</summary>
    public bool StopRequested => CancelRequested || RollbackRequested;

    /// <summary>How a stage stands.</summary>
    public StageRun Run(Stage stage) => stage switch
    {
        Stage.Pre => Pre,
        Stage.Prod => Prod,
        _ => Rollback
    };

    public int Attempt(Stage stage) => Run(stage).Attempt;

    /// <summary>The running stage is over time.</summary>
    public bool OverTime(DateTimeOffset now) => PausedAt is null && now >= StageDeadlineAt;

    public void Approve(string by, string contentHash, DateTimeOffset now) => (ApprovedBy, ApprovedContentHash, ApprovedAt) = (by, contentHash, now);

    public void RevokeApproval() => (ApprovedBy, ApprovedContentHash, ApprovedAt) = (null, null, null);

    public void Reject(string reason) => RejectedReason = reason;

    /// <summary>From here on the content is fixed (R4).</summary>
    /// <param name="by">Who has sealed it.</param>
    /// <param name="startsByItself">Whether pre-production starts without a person.</param>
    /// <param name="now">The time.</param>
    public void Seal(string by, bool startsByItself, DateTimeOffset now) =>
        (TaggedBy, AutoDeployBlocked, TaggedAt, SealNumber) = (by, !startsByItself, now, SealNumber + 1);

    /// <summary>The content may change again (R18). What was told of the last stage is over, and nothing blocks the start after the next seal.</summary>
    public void Reopen()
    {
        (TaggedBy, TaggedAt, AutoDeployBlocked, LastFailure) = (null, null, false, null);
        (ProdPlan, ProdPlannedAt) = (null, null);
    }

    /// <summary>Applications have left it: what was planned with them is planned anew.</summary>
    public void Carve(DateTimeOffset now) => (ProdPlan, ProdPlannedAt, UpdatedAt) = (null, null, now);

    /// <summary>The next attempt of a stage begins, and has so much time. What was told of the last one is over.</summary>
    public void Begin(Stage stage, DateTimeOffset now, TimeSpan atMost)
    {
        Set(stage, Run(stage).Begin(now));
        AutoDeployBlocked &= !stage.StartsByItself();
        (StageDeadlineAt, LastFailure) = (now + atMost, null);
        (PausedAt, PausedUntil, FreezeOverriddenBy) = (null, null, null);
        if (stage.GoesBack())
            (Prod, RollbackRequested) = (Prod.TakeBack(), false);
    }

    /// <summary>The stage that has just begun is traced.</summary>
    public void Follow(string? trace) => Trace = trace;

    /// <summary>The stage that has just begun does so, and goes on, although a freeze holds.</summary>
    public void OverrideFreeze(string by) => FreezeOverriddenBy = by;

    /// <summary>A freeze or a soak keeps the running stage from starting anything.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">When it is to be looked at again.</param>
    /// <returns>Whether that was not known before.</returns>
    public bool Pause(DateTimeOffset now, DateTimeOffset until)
    {
        PausedAt ??= now;
        if (PausedUntil == until)
            return false;
        PausedUntil = until;
        return true;
    }

    /// <summary>Nothing keeps the running stage any more; it has all the time that was left.</summary>
    public void Resume(DateTimeOffset now)
    {
        if (PausedAt is { } since)
            (PausedAt, PausedUntil, StageDeadlineAt) = (null, null, StageDeadlineAt + (now - since));
    }

    public void Complete(Stage stage, DateTimeOffset now)
    {
        Set(stage, Run(stage).Complete(now));
        (StageDeadlineAt, LastFailure, PausedAt, PausedUntil) = (null, null, null, null);
        if (stage.GoesBack())
            (Prod, RolledBackAt) = (Prod.TookBack(), now);
    }

    /// <param name="stage">The stage.</param>
    /// <param name="reason">What has failed.</param>
    /// <param name="moved">Whether an application may run what was to be deployed.</param>
    /// <param name="now">The time.</param>
    public void Fail(Stage stage, string reason, bool moved, DateTimeOffset now)
    {
        Set(stage, Run(stage).Fail(now, moved));
        AutoDeployBlocked |= stage.StartsByItself();
        (StageDeadlineAt, LastFailure, PausedAt, PausedUntil) = (null, reason, null, null);
    }

    /// <summary>The plan of production is made.</summary>
    /// <param name="plan">As JSON.</param>
    /// <param name="now">The time.</param>
    public void PlanProduction(string plan, DateTimeOffset now) => (ProdPlan, ProdPlannedAt) = (plan, now);

    public void Accept(string by, DateTimeOffset now) => (FinalAcceptedBy, FinalAcceptedAt) = (by, now);

    public void Cancel(string by, string reason, DateTimeOffset now) => (CancelledBy, CancelReason, CancelledAt) = (by, reason, now);

    /// <summary>While a stage runs a cancel is asked for; <see cref="FinishCancel" /> follows when nothing runs any more.</summary>
    public void RequestCancel(string by, string reason) => (CancelRequested, CancelledBy, CancelReason) = (true, by, reason);

    public void FinishCancel(Stage stage, DateTimeOffset now)
    {
        Stop(stage, moved: false, now);
        CancelledAt = now;
    }

    /// <summary>Production is to go back to what ran before.</summary>
    public void AskForRollback(string by, string reason) => (RollbackBy, RollbackReason) = (by, reason);

    /// <summary>While production deploys it is a request; <see cref="Stop" /> follows when nothing runs any more.</summary>
    public void RequestRollback(string by, string reason)
    {
        AskForRollback(by, reason);
        RollbackRequested = true;
    }

    /// <summary>The running stage has ended because it was asked to.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="moved">Whether an application may run what was to be deployed.</param>
    /// <param name="now">The time.</param>
    public void Stop(Stage stage, bool moved, DateTimeOffset now)
    {
        Set(stage, Run(stage).Stop(now, moved));
        (StageDeadlineAt, PausedAt, PausedUntil) = (null, null, null);
    }

    private void Set(Stage stage, StageRun run)
    {
        switch (stage)
        {
            case Stage.Pre:
                Pre = run;
                break;
            case Stage.Prod:
                Prod = run;
                break;
            default:
                Rollback = run;
                break;
        }
    }
}
