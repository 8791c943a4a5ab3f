namespace DevopsCd.DeployService.Strategies;

/// <summary>The names of <c>strategy.type</c>.</summary>
internal static class StrategyNames
{
    public const string Rolling = "rolling";
    public const string Recreate = "recreate";
    public const string Canary = "canary";
    public const string BlueGreen = "blue-green";
    public const string ArgoRollouts = "argo-rollouts";
    public const string ArgoCd = "argocd";
    public const string Flux = "flux";
    public const string Helm = "helm";
}
