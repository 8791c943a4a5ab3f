namespace DevopsCd.Core.Releases;

/// <summary>What the rules of one operation are computed from: the part of its row that calls and answers change.</summary>
internal sealed record OperationState
{
    public required OperationStatus Status { get; init; }

    /// <inheritdoc cref="Deployment.Tries" />
    public required int Tries { get; init; }

    /// <inheritdoc cref="Deployment.MayRun" />
    public bool MayRun { get; init; }

    public bool StopRequested { get; init; }

    public DateTimeOffset? StopAskedAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }

    public DateTimeOffset? ReportedAt { get; init; }

    public required DateTimeOffset DeadlineAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public DateTimeOffset? NextActionAt { get; init; }

    public DateTimeOffset? ClaimedUntil { get; init; }

    /// <inheritdoc cref="Deployment.Previous" />
    public PreviousVersion? Previous { get; init; }

    /// <inheritdoc cref="Deployment.Redeploys" />
    public bool Redeploys { get; init; }

    /// <inheritdoc cref="Deployment.Triage" />
    public string? Triage { get; init; }

    /// <inheritdoc cref="Deployment.Restarts" />
    public int Restarts { get; init; }

    /// <inheritdoc cref="Deployment.PreviousRun" />
    public int PreviousRun { get; init; }

    public string? Error { get; init; }

    public bool InFlight => Status is OperationStatus.Pending or OperationStatus.Progressing;

    /// <summary>It has ended for the batch, and the deploy service has not confirmed that it runs no more.</summary>
    public bool StopDue => !InFlight && MayRun;
}
