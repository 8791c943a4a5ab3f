namespace DevopsCd.Contracts.Api;

/// <summary>What would happen if a stage of a batch were started now, and what would stop it. Nothing was written.</summary>
public sealed record BatchPreflight
{
    /// <summary>The batch's <c>id</c>.</summary>
    public required long BatchId { get; init; }

    /// <summary>The version of the batch for which this holds.</summary>
    public required int Version { get; init; }

    /// <summary>The stage: <c>pre</c>, <c>prod</c> or <c>rollback</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Whether nothing stands in the way: no obstacle, and no problem of an operation.</summary>
    public required bool Ok { get; init; }

    /// <summary>What stands in the way of the start, and before the seal in the way of the seal.</summary>
    public required IReadOnlyList<EventObstacle> Obstacles { get; init; }

    /// <summary>The gates that hold the start of the stage, and those that decide its end.</summary>
    public required IReadOnlyList<GateView> Gates { get; init; }

    /// <summary>Every operation of the stage, in the order in which they can start.</summary>
    public required IReadOnlyList<PreflightOperation> Operations { get; init; }

    /// <summary>Most operations in flight at once.</summary>
    public required int Concurrency { get; init; }

    /// <summary>How many seconds the stage usually takes, by how long these operations took before; absent where none of them is known.</summary>
    public int? ExpectedSeconds { get; init; }

    /// <summary>Why the deploy service could not be asked; absent where it was.</summary>
    public string? DeployServiceNote { get; init; }
}

/// <summary>One application on one cluster, as it would be deployed.</summary>
public sealed record PreflightOperation
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The name of the cluster; absent where the application has no settings for the stage and is skipped.</summary>
    public string? Cluster { get; init; }

    /// <summary>The wave in which it deploys, counted from 1; absent where there is no cluster.</summary>
    public int? Wave { get; init; }

    /// <summary>The applications of the batch that go before it: those it depends on, and of a rollback those that depend on it.</summary>
    public required IReadOnlyList<string> DependsOn { get; init; }

    /// <summary>The image that would run; absent where there is no build, or where a rollback knows a revision only.</summary>
    public string? Image { get; init; }

    /// <summary>The image that runs there as far as this service put it there; absent where it never did.</summary>
    public string? Running { get; init; }

    /// <summary>
    /// What would be done: <c>deploy</c>; <c>keep</c> where this batch has deployed the same image with the same settings, or where there is nothing to take
    /// back; <c>skip</c>. Of a rollback also <c>restore</c>, and <c>stay</c> for what is new in the batch.
    /// </summary>
    public required string Action { get; init; }

    /// <summary>Of a rollback: the revision that would be restored, where the deploy service counts revisions.</summary>
    public string? Revision { get; init; }

    /// <summary>Why nothing would be done, where there is something to say of it.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the image is named by its digest, so that it cannot become another one.</summary>
    public required bool HasDigest { get; init; }

    /// <summary>How many seconds it usually takes there; absent where that is not known.</summary>
    public int? ExpectedSeconds { get; init; }

    /// <summary>What the deploy service has against it, by field or check; absent where it has nothing.</summary>
    public IReadOnlyDictionary<string, string[]>? Problems { get; init; }
}
