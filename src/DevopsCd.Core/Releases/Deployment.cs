
namespace DevopsCd.Core.Releases;

/// <summary>One operation: a release to a cluster, in one attempt of a stage (R9); in a rollback it goes back there.</summary>
internal sealed class Deployment
{
    public long Id { get; set; }

    public string OperationId { get; set; } = "";

    public long BatchId { get; set; }

    public Guid BatchCorrelationId { get; set; }

    public long ReleaseId { get; set; }

    public BatchRelease Release { get; set; } = null!;

    public string Application { get; set; } = "";

    public Stage Stage { get; set; }

    public string Cluster { get; set; } = "";

    public int Attempt { get; set; }

    public OperationStatus Status { get; set; }

    /// <summary>Calls that asked the deploy service to start it, counted before each call.</summary>
    public int Tries { get; set; }

    /// <summary>What runs when it has succeeded; of a rollback of something that names no image, the revision.</summary>
    public string Image { get; set; } = "";

    /// <summary>Of a rollback: the operation that it takes back.</summary>
    public string? Reverts { get; set; }

    /// <summary>Of a rollback: the deploy service cannot restore what it has recorded, so that the image of before is deployed.</summary>
    public bool Redeploys { get; set; }

    /// <summary>What ran before, for <see cref="Previous" />; of a rollback, what it brings back.</summary>
    public string? PreviousImage { get; private set; }

    public string? PreviousRevision { get; private set; }

    public bool? PreviousUnchanged { get; private set; }

    /// <summary>The sealed target, as JSON.</summary>
    public string Target { get; set; } = "";

    public DateTimeOffset StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public DateTimeOffset DeadlineAt { get; set; }

    /// <summary>When the next call to the deploy service is due; null when it has ended there as well.</summary>
    public DateTimeOffset? NextActionAt { get; set; }

    /// <summary>Until when a call under way keeps others from making another one; null when there is none.</summary>
    public DateTimeOffset? ClaimedUntil { get; set; }

    /// <summary>
    /// The deploy service may be carrying it out: set before the first submit, gone when the service says that it ended, was stopped or
    /// is unknown. While it is set on an operation that has ended for the batch a stop is due, and nothing deploys to its workload.
    /// </summary>
    public bool MayRun { get; set; }

    /// <summary>A stop was asked for: by a cancel or by a deadline.</summary>
    public bool StopRequested { get; set; }

    /// <summary>When the deploy service was first told to stop it.</summary>
    public DateTimeOffset? StopAskedAt { get; set; }

    /// <summary>When the deploy service first answered that it has it: from then on the application may have moved.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    /// <summary>When the deploy system last reported on it; a look that began before that is repeated.</summary>
    public DateTimeOffset? ReportedAt { get; set; }

    /// <summary>When the deploy service said that it runs no more, of an operation that the batch had given up before.</summary>
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>It has succeeded, and yet the batch deploys there anew: the content was changed after a reopening, or everything was asked for (R18).</summary>
    public bool Outdated { get; set; }

    /// <summary>When it was told that it takes far longer than usual; null where it was not. It is told once.</summary>
    public DateTimeOffset? LateSince { get; set; }

    public string? Error { get; set; }

    /// <summary>Why it has failed, as <see cref="FailureCause" /> writes it; null where nobody has told.</summary>
    public string? Triage { get; set; }

    /// <summary>How often it was submitted anew because infrastructure had failed it. Each such run is an operation of its own at the deploy service.</summary>
    public int Restarts { get; set; }

    /// <summary>The run that found what <see cref="Previous" /> says; of a rollback, that of the operation it takes back.</summary>
    public int PreviousRun { get; set; }

    /// <summary>What continues the trace of its stage's attempt; null where nobody listened.</summary>
    public string? Trace { get; set; }

    /// <summary>What ran before; null while the deploy service has not told.</summary>
    public PreviousVersion? Previous
    {
        get => PreviousUnchanged is { } unchanged ? new PreviousVersion(PreviousImage, PreviousRevision, unchanged) : null;
        set => (PreviousImage, PreviousRevision, PreviousUnchanged) = (value?.Image, value?.Revision, value?.Unchanged);
    }

    /// <summary>It asks the deploy service to restore what another operation has changed.</summary>
    public bool Restores => Reverts is not null && !Redeploys;

    public bool InFlight => Status is OperationStatus.Pending or OperationStatus.Progressing;

    /// <summary>What its rules are computed from.</summary>
    public OperationState State() => new()
    {
        Status = Status,
        Tries = Tries,
        MayRun = MayRun,
        StopRequested = StopRequested,
        StopAskedAt = StopAskedAt,
        AcceptedAt = AcceptedAt,
        ReportedAt = ReportedAt,
        DeadlineAt = DeadlineAt,
        FinishedAt = FinishedAt,
        SettledAt = SettledAt,
        NextActionAt = NextActionAt,
        ClaimedUntil = ClaimedUntil,
        Previous = Previous,
        Redeploys = Redeploys,
        Triage = Triage,
        Restarts = Restarts,
        PreviousRun = PreviousRun,
        Error = Error
    };

    /// <summary>Takes over what the rules made of it.</summary>
    public void Become(OperationState state)
    {
        Status = state.Status;
        Tries = state.Tries;
        MayRun = state.MayRun;
        StopAskedAt = state.StopAskedAt;
        AcceptedAt = state.AcceptedAt;
        FinishedAt = state.FinishedAt;
        SettledAt = state.SettledAt;
        NextActionAt = state.NextActionAt;
        ClaimedUntil = state.ClaimedUntil;
        Previous = state.Previous;
        Redeploys = state.Redeploys;
        Triage = state.Triage;
        Restarts = state.Restarts;
        PreviousRun = state.PreviousRun;
        Error = state.Error;
    }
}
