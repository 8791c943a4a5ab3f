namespace DevopsCd.Contracts.Api;

/// <summary>What runs of an application in one stage and cluster, as the last operation that succeeded there has left it.</summary>
public sealed record LiveVersionView
{
    /// <summary>Identifies the place; it stays when another version is deployed there.</summary>
    public required long Id { get; init; }

    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The project of the application.</summary>
    public required string Project { get; init; }

    /// <summary>The stage: <c>pre</c> or <c>prod</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>The name of the cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The image; of a target that names none, the revision that a rollback has brought back.</summary>
    public required string Image { get; init; }

    /// <summary>The build; absent where a rollback has brought back what no known build has made.</summary>
    public string? BuildNumber { get; init; }

    /// <summary>The commit of the build; absent without a build.</summary>
    public string? CommitId { get; init; }

    /// <summary>When the operation succeeded that brought it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The operation that brought it.</summary>
    public required string OperationId { get; init; }

    /// <summary>The <c>id</c> of the batch of that operation.</summary>
    public required long BatchId { get; init; }

    /// <summary>The number of that batch.</summary>
    public required string BatchNumber { get; init; }

    /// <summary>When the deploy service last told what runs there; absent while it never has, or cannot tell.</summary>
    public DateTimeOffset? SeenAt { get; init; }

    /// <summary>What was found there instead; absent where it was as it should be.</summary>
    public string? Drift { get; init; }

    /// <summary>Since when something else has been found there.</summary>
    public DateTimeOffset? DriftSince { get; init; }
}
