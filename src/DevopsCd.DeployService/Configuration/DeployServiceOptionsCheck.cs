using System.Text.RegularExpressions;
using DevopsCd.DeployService.Callbacks;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Says at the start, in one message, every key that is wrong and what is allowed.</summary>
internal sealed partial class DeployServiceOptionsCheck : IValidateOptions<DeployServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, DeployServiceOptions options)
    {
        var wrong = new List<string>();
        if (options.Clusters.Count == 0)
            wrong.Add("deploy_service:clusters names no cluster; add deploy_service:clusters:<name>:kubeconfig or :in_cluster=true");
        foreach (var (cluster, settings) in options.Clusters)
        {
            var key = $"deploy_service:clusters:{cluster}";
            if (settings.InCluster == !string.IsNullOrEmpty(settings.Kubeconfig))
                wrong.Add($"{key} must have either kubeconfig or in_cluster=true");
            else if (!settings.InCluster && !File.Exists(settings.Kubeconfig))
                wrong.Add($"{key}:kubeconfig '{settings.Kubeconfig}' does not exist");
            if (settings.Namespaces.Count == 0)
                wrong.Add($"{key}:namespaces is empty; list the namespaces, or '*'");
            if (settings.ParallelCalls is < 1 or > 1000)
                wrong.Add($"{key}:parallel_calls must be 1..1000");
            if (settings.Prometheus is { } p && (!p.IsAbsoluteUri || p.Scheme is not ("http" or "https")))
                wrong.Add($"{key}:prometheus must be an http or https address");
        }
        if (options.Records.Cluster is { } home && !options.Clusters.ContainsKey(home))
            wrong.Add($"deploy_service:records:cluster '{home}' is not among the clusters ({string.Join(", ", options.Clusters.Keys)})");
        if (options.Records.History is < 1 or > 1000)
            wrong.Add("deploy_service:records:history must be 1..1000");
        if (options.Rollout.Workers is < 1 or > 256)
            wrong.Add("deploy_service:rollout:workers must be 1..256");
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var key = options.Keys[i];
            if (string.IsNullOrWhiteSpace(key.Name))
                wrong.Add($"deploy_service:keys:{i}:name is missing");
            if (!Hash().IsMatch(key.Sha256))
                wrong.Add($"deploy_service:keys:{i}:sha256 must be 64 hex digits: the SHA-256 of the key, not the key");
            if (key.Clusters.Count == 0 || key.Namespaces.Count == 0)
                wrong.Add($"deploy_service:keys:{i} must list clusters and namespaces, or '*'");
        }
        if (options.Keys.Count == 0)
            wrong.Add("deploy_service:keys is empty; nobody could call");
        if (!CallbackKinds.All.Contains(options.Callback.Kind))
            wrong.Add($"deploy_service:callback:kind '{options.Callback.Kind}' unknown; known: {string.Join(", ", CallbackKinds.All)}");
        else if (options.Callback.Kind != CallbackKinds.None && options.Callback.Url is not { IsAbsoluteUri: true })
            wrong.Add("deploy_service:callback:url must be an absolute address");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    [GeneratedRegex("^[0-9a-fA-F]{64}$")]
    private static partial Regex Hash();
}
