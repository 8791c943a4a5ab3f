namespace DevopsCd.Core.Deployments;

/// <summary>One application of a production plan.</summary>
/// <param name="Application">Its name.</param>
/// <param name="Image">What it will run.</param>
/// <param name="Running">What it runs now as far as this engine put it there; null when it never did.</param>
/// <param name="DependsOn">What deploys before it.</param>
/// <param name="Clusters">Where it deploys; none: it is skipped.</param>
internal sealed record ProductionStep(string Application, string Image, string? Running, IReadOnlyList<string> DependsOn, IReadOnlyList<string> Clusters);
