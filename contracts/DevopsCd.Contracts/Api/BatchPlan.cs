namespace DevopsCd.Contracts.Api;

/// <summary>What a stage of a batch does, or would do now. Nothing was written.</summary>
public sealed record BatchPlan
{
    /// <summary>The batch's <c>id</c>.</summary>
    public required long BatchId { get; init; }

    /// <summary>The version of the batch for which this holds.</summary>
    public required int Version { get; init; }

    /// <summary>The stage: <c>pre</c>, <c>prod</c> or <c>rollback</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Every application and cluster, in the order in which they can start.</summary>
    public required IReadOnlyList<PlannedOperation> Operations { get; init; }

    /// <summary>The waves of the stage, in the order in which they go.</summary>
    public required IReadOnlyList<PlannedWave> Waves { get; init; }

    /// <summary>How many seconds pass from the end of a wave to the start of the next one.</summary>
    public required int SoakSeconds { get; init; }

    /// <summary>Most operations in flight at once.</summary>
    public required int Concurrency { get; init; }
}

/// <summary>One application on one cluster, as a stage would treat it.</summary>
public sealed record PlannedOperation
{
    /// <summary>The name of the application.</summary>
    public required string Application { get; init; }

    /// <summary>The name of the cluster; absent where the application has no settings for the stage.</summary>
    public string? Cluster { get; init; }

    /// <summary>The wave in which it goes, counted from 1; a rollback begins with the last one. Absent where there is no cluster.</summary>
    public int? Wave { get; init; }

    /// <summary>The applications of the batch that go before it: what it depends on, and in a rollback what depends on it.</summary>
    public required IReadOnlyList<string> After { get; init; }

    /// <summary>The image that runs there as far as this service put it there; absent where it never did.</summary>
    public string? Running { get; init; }

    /// <summary>The image that would run; of a rollback what ran before the batch, as it was recorded; absent where it is not known.</summary>
    public string? Image { get; init; }

    /// <summary>Of a rollback: the revision that would run, as the target counts or names it.</summary>
    public string? Revision { get; init; }

    /// <summary>What would be done: <c>deploy</c>, or in a rollback <c>restore</c>; <c>keep</c> where it is as it should be; <c>stay</c> where nothing ran before the batch; <c>skip</c> without settings.</summary>
    public required string Action { get; init; }

    /// <summary>How the operation of the stage's present or last attempt stands, with the values of a deployment's <c>status</c>; absent where there is none.</summary>
    public string? Status { get; init; }

    /// <summary>Why nothing is done, or why the operation failed.</summary>
    public string? Reason { get; init; }
}
