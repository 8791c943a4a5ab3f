namespace DevopsCd.Core.Releases;

/// <summary>A cluster that a sealed application deploys to.</summary>
/// <param name="Cluster">Its name.</param>
/// <param name="Workload">What is changed there, as <c>cluster/namespace/kind/name</c>: two operations must not run on it at once.</param>
internal sealed record SealedPlace(string Cluster, string Workload);
