namespace DevopsCd.Core.Deployments;

/// <summary>One application of a stage as the plan sees it.</summary>
/// <param name="ReleaseId">The release's row.</param>
/// <param name="Application">Its name.</param>
/// <param name="DependsOn">Applications of the batch that deploy first.</param>
/// <param name="Clusters">Every cluster that the stage concerns, with the state of its operation; null: none in this attempt.</param>
/// <param name="Skipped">Where there is no such cluster: why.</param>
internal sealed record StageItem(
    long ReleaseId, string Application, IReadOnlyList<string> DependsOn, IReadOnlyList<StageCluster> Clusters, string? Skipped = null);

/// <summary>A cluster of a <see cref="StageItem" />.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Status">Of the operation of this attempt; null: there is none.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Occupied">The operation that was given up and may still run on the workload; null: nothing does.</param>
/// <param name="Frozen">The freeze that lets nothing start there, in words; null: none does.</param>
/// <param name="Undo">Of a rollback: what is taken back there.</param>
/// <param name="Wave">Its wave, counted from 1.</param>
/// <param name="EndedAt">When its operation ended; null while there is none or it runs.</param>
internal sealed record StageCluster(string Cluster, OperationStatus? Status, string? Error, string? Occupied = null, string? Frozen = null,
    Undo? Undo = null, int Wave = 1, DateTimeOffset? EndedAt = null);
