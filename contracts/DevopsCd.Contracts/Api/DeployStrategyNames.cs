namespace DevopsCd.Contracts.Api;

/// <summary>The known values of <see cref="DeployStrategy.Type" />.</summary>
public static class DeployStrategyNames
{
    /// <summary>The workload's own rolling update.</summary>
    public const string Rolling = "rolling";

    /// <summary>Down first, then up.</summary>
    public const string Recreate = "recreate";

    /// <summary>A growing share of new pods, with pauses and analysis.</summary>
    public const string Canary = "canary";

    /// <summary>A second workload beside the first, and a switch.</summary>
    public const string BlueGreen = "blue-green";

    /// <summary>An Argo Rollouts <c>Rollout</c>.</summary>
    public const string ArgoRollouts = "argo-rollouts";

    /// <summary>An Argo CD <c>Application</c>.</summary>
    public const string ArgoCd = "argocd";

    /// <summary>A Flux <c>HelmRelease</c> or <c>Kustomization</c>.</summary>
    public const string Flux = "flux";

    /// <summary>A release of the helm command.</summary>
    public const string Helm = "helm";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Rolling, Recreate, Canary, BlueGreen, ArgoRollouts, ArgoCd, Flux, Helm];
}
