namespace DevopsCd.Contracts.Api;

/// <summary>A batch with everything that belongs to it.</summary>
public sealed record BatchView
{
    /// <summary>The number in URLs.</summary>
    public required long Id { get; init; }

    /// <summary>The correlation id in messages.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The number for people.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>What it is for.</summary>
    public required string Title { get; init; }

    /// <summary>The project it belongs to.</summary>
    public string? Project { get; init; }

    /// <summary>Who created it.</summary>
    public required string Initiator { get; init; }

    /// <summary>The state's code.</summary>
    public required int State { get; init; }

    /// <summary>Its English name.</summary>
    public required string StateName { get; init; }

    /// <summary>Its Chinese one.</summary>
    public required string StateLabel { get; init; }

    /// <summary>What is legal now.</summary>
    public required IReadOnlyList<AvailableEvent> AvailableEvents { get; init; }

    /// <summary>Accepted events so far; also the ETag.</summary>
    public required int Version { get; init; }

    /// <summary>Hash of what it would deploy; approve may name it.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Who approved.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>What was approved.</summary>
    public string? ApprovedContentHash { get; init; }

    /// <summary>Why it was rejected.</summary>
    public string? RejectedReason { get; init; }

    /// <summary>Who sealed it.</summary>
    public string? TaggedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? TaggedAt { get; init; }

    /// <summary>Start of the last pre-deploy.</summary>
    public DateTimeOffset? PreDeployStartedAt { get; init; }

    /// <summary>Its end.</summary>
    public DateTimeOffset? PreDeployFinishedAt { get; init; }

    /// <summary>Start of the last production deploy.</summary>
    public DateTimeOffset? ProdDeployStartedAt { get; init; }

    /// <summary>Its end.</summary>
    public DateTimeOffset? ProdDeployFinishedAt { get; init; }

    /// <summary>Who accepted.</summary>
    public string? FinalAcceptedBy { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? FinalAcceptedAt { get; init; }

    /// <summary>Who cancelled or asked for it.</summary>
    public string? CancelledBy { get; init; }

    /// <summary>When it was cancelled.</summary>
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>Why.</summary>
    public string? CancelReason { get; init; }

    /// <summary>A cancel waits for what is in flight.</summary>
    public required bool CancelRequested { get; init; }

    /// <summary>Pre-deploys so far.</summary>
    public required int PreAttempt { get; init; }

    /// <summary>Production deploys so far.</summary>
    public required int ProdAttempt { get; init; }

    /// <summary>After a failed pre-deploy only a person starts it again.</summary>
    public required bool AutoDeployBlocked { get; init; }

    /// <summary>Why the last stage failed.</summary>
    public string? LastFailure { get; init; }

    /// <summary>A failed production stage had already moved an application.</summary>
    public required bool ProdDirty { get; init; }

    /// <summary>Order, images and what runs now, once pre-deployed.</summary>
    public System.Text.Json.JsonElement? ProductionPlan { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its applications.</summary>
    public required IReadOnlyList<ReleaseView> Releases { get; init; }
}
