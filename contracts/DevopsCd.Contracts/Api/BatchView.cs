namespace DevopsCd.Contracts.Api;

/// <summary>A batch with everything that belongs to it.</summary>
public sealed record BatchView
{
    /// <summary>The batch's number for addresses.</summary>
    public required long Id { get; init; }

    /// <summary>The batch's id in messages.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The batch's number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>What the batch is for.</summary>
    public required string Title { get; init; }

    /// <summary>The project that the batch belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>The person who created the batch.</summary>
    public required string Initiator { get; init; }

    /// <summary>The code of the batch's state.</summary>
    public required int State { get; init; }

    /// <summary>The English name of the batch's state.</summary>
    public required string StateName { get; init; }

    /// <summary>The Chinese label of the batch's state.</summary>
    public required string StateLabel { get; init; }

    /// <summary>The events that are legal in the batch's present state.</summary>
    public required IReadOnlyList<AvailableEvent> AvailableEvents { get; init; }

    /// <summary>The number of events that the batch has accepted; the <c>ETag</c> begins with it.</summary>
    public required int Version { get; init; }

    /// <summary>A hash of what the batch would deploy; <c>approve</c> and <c>confirm_tag</c> may name it.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The person who approved the batch.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>When the batch was approved.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>The hash of the content that was approved.</summary>
    public string? ApprovedContentHash { get; init; }

    /// <summary>The votes for the content that were given, and those that are missing.</summary>
    public required ApprovalState Approval { get; init; }

    /// <summary>The same for the start of production; absent where the policy asks for none.</summary>
    public ApprovalState? ProdApproval { get; init; }

    /// <summary>Whether the content differs from what was approved.</summary>
    public required bool ContentChangedSinceApproval { get; init; }

    /// <summary>What differs from the approved content, where it differs and can be told.</summary>
    public IReadOnlyList<ContentChange>? ChangesSinceApproval { get; init; }

    /// <summary>Why the batch was rejected.</summary>
    public string? RejectedReason { get; init; }

    /// <summary>The person who sealed the batch.</summary>
    public string? TaggedBy { get; init; }

    /// <summary>When the batch was sealed.</summary>
    public DateTimeOffset? TaggedAt { get; init; }

    /// <summary>When the last pre-deploy started.</summary>
    public DateTimeOffset? PreDeployStartedAt { get; init; }

    /// <summary>When the last pre-deploy ended.</summary>
    public DateTimeOffset? PreDeployFinishedAt { get; init; }

    /// <summary>When the last production deploy started.</summary>
    public DateTimeOffset? ProdDeployStartedAt { get; init; }

    /// <summary>When the last production deploy ended.</summary>
    public DateTimeOffset? ProdDeployFinishedAt { get; init; }

    /// <summary>The person who accepted the batch.</summary>
    public string? FinalAcceptedBy { get; init; }

    /// <summary>When the batch was accepted.</summary>
    public DateTimeOffset? FinalAcceptedAt { get; init; }

    /// <summary>The person who cancelled the batch or requested it.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>When the batch was cancelled.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>Why the batch was cancelled.</summary>
    public string? CancelReason { get; init; }

    /// <summary>Whether a cancel waits for what is in flight.</summary>
    public required bool CancelRequested { get; init; }

    /// <summary>The number of pre-deploys so far.</summary>
    public required int PreAttempt { get; init; }

    /// <summary>The number of production deploys so far.</summary>
    public required int ProdAttempt { get; init; }

    /// <summary>The number of rollbacks of production so far.</summary>
    public required int RollbackAttempt { get; init; }

    /// <summary>When the last rollback of production began.</summary>
    public DateTimeOffset? RollbackStartedAt { get; init; }

    /// <summary>When production was last taken back completely to what ran before the batch.</summary>
    public DateTimeOffset? RolledBackAt { get; init; }

    /// <summary>The person who asked for the last rollback.</summary>
    public string? RollbackBy { get; init; }

    /// <summary>Why the last rollback was asked for.</summary>
    public string? RollbackReason { get; init; }

    /// <summary>Whether a rollback waits for what is in flight.</summary>
    public required bool RollbackRequested { get; init; }

    /// <summary>Whether the last pre-deploy failed, so that only a person can start it again.</summary>
    public required bool AutoDeployBlocked { get; init; }

    /// <summary>Why the last stage failed.</summary>
    public string? LastFailure { get; init; }

    /// <summary>Whether production runs a part of the batch: a production stage that failed had already changed an application, or a rollback is not complete.</summary>
    public required bool ProdDirty { get; init; }

    /// <summary>The order, the images and what runs now; present once the batch is pre-deployed.</summary>
    public System.Text.Json.JsonElement? ProductionPlan { get; init; }

    /// <summary>The start of a stage that waits for its time; absent when none does.</summary>
    public ScheduledStartView? ScheduledStart { get; init; }

    /// <summary>The trace of the stage that runs or ran last, by which the place that collects traces finds it; absent where none was made.</summary>
    public string? TraceId { get; init; }

    /// <summary>When the batch was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the batch last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The applications of the batch.</summary>
    public required IReadOnlyList<ReleaseView> Releases { get; init; }
}
