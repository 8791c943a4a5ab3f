using DevopsCd.Core.Batches;

namespace DevopsCd.Core.Deployments;

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

    /// <summary>When the next call to the deploy service is due; null when it has ended.</summary>
    public DateTimeOffset? NextActionAt { get; set; }

    /// <summary>A stop was asked for: by a cancel or by a deadline.</summary>
    public bool StopRequested { get; set; }

    /// <summary>When the deploy service was first told to stop it.</summary>
    public DateTimeOffset? StopAskedAt { get; set; }

    /// <summary>When the deploy service first answered that it has it: from then on the application may have moved.</summary>
    public DateTimeOffset? AcceptedAt { get; set; }

    public string? Error { get; set; }

    public bool InFlight => Status is OperationStatus.Pending or OperationStatus.Progressing;
}
