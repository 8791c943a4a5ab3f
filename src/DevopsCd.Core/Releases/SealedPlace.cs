namespace DevopsCd.Core.Releases;

/// <summary>A cluster that a sealed application deploys to.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Workload">What is changed there, as <c>cluster/namespace/kind/name</c>: two operations must not run on it at once.</param>
/// <param name="Wave">Its wave, counted from 1.</param>
internal sealed record SealedPlace(string Cluster, string Workload, int Wave = 1);
