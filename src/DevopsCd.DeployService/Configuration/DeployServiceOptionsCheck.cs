using System.Text.RegularExpressions;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Configuration;

/// <summary>What no attribute of one key can say: rules that look at several keys, files and credentials.</summary>
internal static partial class DeployServiceOptionsCheck
{
    private const string Root = DeployServiceOptions.Section;

    /// <summary>Each a key and what is allowed.</summary>
    public static IEnumerable<string> Errors(DeployServiceOptions options) =>
        [.. Clusters(options.Clusters), .. Records(options), .. Keys(options), .. Callback(options.Callback)];

    private static IEnumerable<string> Clusters(Dictionary<string, ClusterOptions> clusters)
    {
        if (clusters.Count == 0)
            yield return $"{Root}:clusters names no cluster; add {Root}:clusters:<name>:kubeconfig or :in_cluster=true";
        foreach (var (cluster, settings) in clusters)
        {
            var key = $"{Root}:clusters:{cluster}";
            if (settings.InCluster == !string.IsNullOrEmpty(settings.Kubeconfig))
                yield return $"{key} must have either kubeconfig or in_cluster=true";
            else if (!settings.InCluster && !File.Exists(settings.Kubeconfig))
                yield return $"{key}:kubeconfig '{settings.Kubeconfig}' does not exist";
            else if (UnusableBecause(settings) is { } why)
                yield return $"{key}: the credentials cannot be used: {why}";
            if (settings.Namespaces.Count == 0)
                yield return $"{key}:namespaces is empty; list the namespaces, or '*'";
            if (settings.Prometheus is { } address && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https")))
                yield return $"{key}:prometheus must be an http or https address";
        }
    }

    private static IEnumerable<string> Records(DeployServiceOptions options)
    {
        if (options.Records.Cluster is { } home && !options.Clusters.ContainsKey(home))
            yield return $"{Root}:records:cluster '{home}' is not among the clusters ({string.Join(", ", options.Clusters.Keys)})";
        if (options.Rollout.MaxTimeout.Value < options.Rollout.DefaultTimeout.Value)
            yield return $"{Root}:rollout:max_timeout must be at least {Root}:rollout:default_timeout, {options.Rollout.DefaultTimeout}";
    }

    private static IEnumerable<string> Keys(DeployServiceOptions options)
    {
        if (options.Keys.Count == 0)
            yield return $"{Root}:keys is empty; no caller would be accepted";
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var key = options.Keys[i];
            if (string.IsNullOrWhiteSpace(key.Name))
                yield return $"{Root}:keys:{i}:name is missing";
            else if (options.Keys.FindIndex(k => k.Name == key.Name) < i)
                yield return $"{Root}:keys:{i}:name '{key.Name}' is taken: limits and logs tell callers apart by it";
            if (!key.Hashes.All(hash => Hash().IsMatch(hash)))
                yield return $"{Root}:keys:{i}:sha256 must be 64 hex digits: the SHA-256 of the key, not the key; "
                    + "while it is replaced, of both, with a comma between";
            if (key.Clusters.Count == 0 || key.Namespaces.Count == 0)
                yield return $"{Root}:keys:{i} must list clusters and namespaces, or '*'";
            foreach (var unknown in key.Clusters.Where(c => c != "*" && !options.Clusters.ContainsKey(c)))
                yield return $"{Root}:keys:{i}:clusters '{unknown}' is not among the clusters ({string.Join(", ", options.Clusters.Keys)})";
        }
    }

    private static IEnumerable<string> Callback(CallbackOptions callback)
    {
        if (CallbackKinds.Schemes(callback.Kind) is { Count: > 0 } schemes
            && (callback.Url is not { IsAbsoluteUri: true } url || !schemes.Contains(url.Scheme)))
            yield return $"{Root}:callback:url must be an absolute address with {string.Join(" or ", schemes)}";
    }

    private static string? UnusableBecause(ClusterOptions settings)
    {
        try
        {
            Kubernetes.Clusters.Connect(settings);
            return null;
        }
        catch (Exception broken) when (broken is not OutOfMemoryException)
        {
            // Whatever the readers of kubeconfig, certificates and YAML throw; only what they say goes out, on one line.
            return broken.Message.ReplaceLineEndings(" ");
        }
    }

    [GeneratedRegex(@"^[0-9a-fA-F]{64}\z")]
    private static partial Regex Hash();
}
