namespace DevopsCd.Contracts.Api;

/// <summary>One deployment operation: one application in one stage and cluster.</summary>
public sealed record DeploymentView
{
    /// <summary>The operation's id at the deploy service.</summary>
    public required string OperationId { get; init; }

    /// <summary>The stage: <c>pre</c> or <c>prod</c>; <c>rollback</c> where production goes back to what ran before.</summary>
    public required string Stage { get; init; }

    /// <summary>The name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The stage's attempt that the operation belongs to, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How the operation stands: <c>pending</c>, <c>progressing</c>, <c>succeeded</c>, <c>failed</c>, <c>timed_out</c> or <c>stopped</c>.</summary>
    public required string Status { get; init; }

    /// <summary>How often the operation was submitted to the deploy service.</summary>
    public required int Tries { get; init; }

    /// <summary>The image that the operation deploys; of a rollback, what it brings back.</summary>
    public required string Image { get; init; }

    /// <summary>The image that ran before, as the deploy service recorded it; absent where it has not told, or the target names none.</summary>
    public string? PreviousImage { get; init; }

    /// <summary>The revision that ran before, as the target counts or names it.</summary>
    public string? PreviousRevision { get; init; }

    /// <summary>Of a rollback: the operation that it takes back.</summary>
    public string? Reverts { get; init; }

    /// <summary>When the operation began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the operation ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>When the operation counts as timed out.</summary>
    public required DateTimeOffset DeadlineAt { get; init; }

    /// <summary>When it was told that it takes more than twice as long as 99 of 100 did before; absent where it was not.</summary>
    public DateTimeOffset? LateSince { get; init; }

    /// <summary>Why the operation failed, or the last failed call while it is in progress.</summary>
    public string? Error { get; init; }

    /// <summary>Why it has failed, as the deploy service saw it at that moment; absent where it has not, or nobody has told.</summary>
    public DeployCause? Cause { get; init; }

    /// <summary>How often it was begun anew because infrastructure had failed it; those runs use up no try.</summary>
    public int Restarts { get; init; }

    /// <summary>The operation has ended for the batch, and the deploy service has not confirmed that it has stopped. Its stop is requested until then, and nothing else deploys to its workload.</summary>
    public bool MayStillRun { get; init; }
}
