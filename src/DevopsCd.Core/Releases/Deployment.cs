
namespace DevopsCd.Core.Releases;

/// <summary>One deployment operation: a release to a cluster, in one attempt of a stage (R9).</summary>
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

    public string Image { get; set; } = "";

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

    public string? Error { get; set; }

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
        Error = state.Error;
    }
}
