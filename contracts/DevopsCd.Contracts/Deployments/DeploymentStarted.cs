namespace DevopsCd.Contracts;

/// <summary>One application's deployment to one cluster began.</summary>
public sealed record DeploymentStarted
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

    /// <summary>The image, by digest where it is known; of a rollback, what it brings back.</summary>
    public required string Image { get; init; }

    /// <summary>The stage's attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }
}
