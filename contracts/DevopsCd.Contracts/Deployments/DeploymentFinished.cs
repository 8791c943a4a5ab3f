namespace DevopsCd.Contracts;

/// <summary>One application's deployment to one cluster ended.</summary>
public sealed record DeploymentFinished
{
    /// <summary>The operation's id.</summary>
    public required string OperationId { get; init; }

    /// <summary>The batch's correlation id.</summary>
    public required Guid BatchId { get; init; }

    /// <summary>The application.</summary>
    public required string Application { get; init; }

    /// <summary><c>pre</c> or <c>prod</c>; <c>rollback</c> where production goes back to what ran before.</summary>
    public required string Stage { get; init; }

    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c>, <c>timed_out</c> or <c>stopped</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why, unless it succeeded.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// What kind of failure it was: <c>image</c>, <c>config</c>, <c>probe</c>, <c>resources</c>, <c>quota</c>, <c>crash</c>, <c>admission</c>,
    /// <c>infrastructure</c> or <c>unknown</c>; absent where nobody has told.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>Calls made to the deploy service, the first included.</summary>
    public required int Tries { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
