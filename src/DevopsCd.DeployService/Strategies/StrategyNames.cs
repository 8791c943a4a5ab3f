using DevopsCd.Contracts.Api;

namespace DevopsCd.DeployService.Strategies;

/// <summary>The names of <c>strategy.type</c>.</summary>
internal static class StrategyNames
{
    public const string Rolling = DeployStrategyNames.Rolling;
    public const string Recreate = DeployStrategyNames.Recreate;
    public const string Canary = DeployStrategyNames.Canary;
    public const string BlueGreen = DeployStrategyNames.BlueGreen;
    public const string ArgoRollouts = DeployStrategyNames.ArgoRollouts;
    public const string ArgoCd = DeployStrategyNames.ArgoCd;
    public const string Flux = DeployStrategyNames.Flux;
    public const string Helm = DeployStrategyNames.Helm;
}
