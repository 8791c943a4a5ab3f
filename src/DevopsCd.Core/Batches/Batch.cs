using MassTransit;

namespace DevopsCd.Core.Batches;

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

    public string? ApprovedBy { get; set; }

    public DateTimeOffset? ApprovedAt { get; set; }

    public string? ApprovedContentHash { get; set; }

    public string? RejectedReason { get; set; }

    public string? TaggedBy { get; set; }

    public DateTimeOffset? TaggedAt { get; set; }

    public DateTimeOffset? PreDeployStartedAt { get; set; }

    public DateTimeOffset? PreDeployFinishedAt { get; set; }

    public DateTimeOffset? ProdDeployStartedAt { get; set; }

    public DateTimeOffset? ProdDeployFinishedAt { get; set; }

    public string? FinalAcceptedBy { get; set; }

    public DateTimeOffset? FinalAcceptedAt { get; set; }

    public string? CancelledBy { get; set; }

    public DateTimeOffset? CancelledAt { get; set; }

    public string? CancelReason { get; set; }

    /// <summary>A cancel arrived while pre-deploying: nothing more starts, and the batch ends when nothing runs (R6).</summary>
    public bool CancelRequested { get; set; }

    public int PreAttempt { get; set; }

    public int ProdAttempt { get; set; }

    /// <summary>After a failed pre-deploy only a person starts it again (R5).</summary>
    public bool AutoDeployBlocked { get; set; }

    public string? LastFailure { get; set; }

    /// <summary>A failed production stage had already moved an application.</summary>
    public bool ProdDirty { get; set; }

    /// <summary>When the running stage is over time; a row, so that a restart resets nothing (R9).</summary>
    public DateTimeOffset? StageDeadlineAt { get; set; }

    /// <summary>The production plan of R7 as JSON, computed once.</summary>
    public string? ProdPlan { get; set; }

    public DateTimeOffset? ProdPlannedAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>How many events the batch has accepted (R12).</summary>
    public int Version { get; set; }

    public List<BatchRelease> Releases { get; } = [];

    public int Attempt(Stage stage) => stage == Stage.Pre ? PreAttempt : ProdAttempt;
}
