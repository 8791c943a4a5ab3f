namespace DevopsCd.Core.Deployments;

/// <summary>What a deploy service has found in a place.</summary>
/// <param name="Instead">What runs instead of what should; null where it is as it should be.</param>
internal sealed record FoundVersion(string? Instead);
