using System.Text.RegularExpressions;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.Shared;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Configuration;

/// <summary>Says at the start, in one message, every key that is wrong and what is allowed.</summary>
internal sealed partial class DeployServiceOptionsCheck(IConfiguration configuration) : IValidateOptions<DeployServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, DeployServiceOptions options)
    {
        var wrong = ConfigurationErrors.In(configuration.GetSection(DeployServiceOptions.Section), typeof(DeployServiceOptions)).Values.ToList();
        wrong.AddRange(Beside());
        if (options.Clusters.Count == 0)
            wrong.Add("deploy_service:clusters names no cluster; add deploy_service:clusters:<name>:kubeconfig or :in_cluster=true");
        foreach (var (cluster, settings) in options.Clusters)
        {
            var key = $"deploy_service:clusters:{cluster}";
            if (settings.InCluster == !string.IsNullOrEmpty(settings.Kubeconfig))
                wrong.Add($"{key} must have either kubeconfig or in_cluster=true");
            else if (!settings.InCluster && !File.Exists(settings.Kubeconfig))
                wrong.Add($"{key}:kubeconfig '{settings.Kubeconfig}' does not exist");
            else if (UnusableBecause(settings) is { } why)
                wrong.Add($"{key}: the credentials cannot be used: {why}");
            if (settings.Namespaces.Count == 0)
                wrong.Add($"{key}:namespaces is empty; list the namespaces, or '*'");
            if (settings.ParallelCalls is < 1 or > 1000)
                wrong.Add($"{key}:parallel_calls must be 1..1000");
            Range(wrong, $"{key}:call_timeout", settings.CallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));
            if (settings.Prometheus is { } p && (!p.IsAbsoluteUri || p.Scheme is not ("http" or "https")))
                wrong.Add($"{key}:prometheus must be an http or https address");
        }
        if (options.Records.Cluster is { } home && !options.Clusters.ContainsKey(home))
            wrong.Add($"deploy_service:records:cluster '{home}' is not among the clusters ({string.Join(", ", options.Clusters.Keys)})");
        if (!Namespace().IsMatch(options.Records.Namespace))
            wrong.Add("deploy_service:records:namespace must be a namespace's name: a-z 0-9 -, at most 63 characters");
        Range(wrong, "deploy_service:records:history", options.Records.History, 1, 1000);
        Rollout(wrong, options.Rollout);
        Range(wrong, "deploy_service:limits:body_bytes", options.Limits.BodyBytes, 1024, 100 * 1024 * 1024);
        Range(wrong, "deploy_service:limits:body_timeout", options.Limits.BodyTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5));
        Range(wrong, "deploy_service:limits:requests_per_second", options.Limits.RequestsPerSecond, 1, 100_000);
        Range(wrong, "deploy_service:limits:burst", options.Limits.Burst, 1, 1_000_000);
        Range(wrong, "deploy_service:limits:anonymous_per_minute", options.Limits.AnonymousPerMinute, 1, 1_000_000);
        for (var i = 0; i < options.Keys.Count; i++)
        {
            var key = options.Keys[i];
            if (string.IsNullOrWhiteSpace(key.Name))
                wrong.Add($"deploy_service:keys:{i}:name is missing");
            else if (options.Keys.FindIndex(k => k.Name == key.Name) < i)
                wrong.Add($"deploy_service:keys:{i}:name '{key.Name}' is taken: limits and logs tell callers apart by it");
            if (!Hash().IsMatch(key.Sha256))
                wrong.Add($"deploy_service:keys:{i}:sha256 must be 64 hex digits: the SHA-256 of the key, not the key");
            if (key.Clusters.Count == 0 || key.Namespaces.Count == 0)
                wrong.Add($"deploy_service:keys:{i} must list clusters and namespaces, or '*'");
            foreach (var unknown in key.Clusters.Where(c => c != "*" && !options.Clusters.ContainsKey(c)))
                wrong.Add($"deploy_service:keys:{i}:clusters '{unknown}' is not among the clusters ({string.Join(", ", options.Clusters.Keys)})");
        }
        if (options.Keys.Count == 0)
            wrong.Add("deploy_service:keys is empty; no caller would be accepted");
        if (!CallbackKinds.All.Contains(options.Callback.Kind))
            wrong.Add($"deploy_service:callback:kind '{options.Callback.Kind}' unknown; known: {string.Join(", ", CallbackKinds.All)}");
        else if (CallbackKinds.Schemes(options.Callback.Kind) is { Count: > 0 } schemes
            && (options.Callback.Url is not { IsAbsoluteUri: true } url || !schemes.Contains(url.Scheme)))
            wrong.Add($"deploy_service:callback:url must be an absolute address with {string.Join(" or ", schemes)}");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }

    /// <summary>Sections whose name is nearly ours: their keys would be read by nobody.</summary>
    private IEnumerable<string> Beside() => configuration.GetChildren()
        .Where(child => child.Key is var key && !string.Equals(key, DeployServiceOptions.Section, StringComparison.OrdinalIgnoreCase)
            && child.GetChildren().Any()
            && NearestName.Distance(key.ToLowerInvariant(), DeployServiceOptions.Section) <= 2)
        .Select(child => $"{child.Path} is not read; did you mean {DeployServiceOptions.Section}?");

    private static void Rollout(List<string> wrong, RolloutOptions rollout)
    {
        Range(wrong, "deploy_service:rollout:workers", rollout.Workers, 1, 256);
        Range(wrong, "deploy_service:rollout:crash_restarts", rollout.CrashRestarts, 1, 1000);
        Range(wrong, "deploy_service:rollout:default_timeout", rollout.DefaultTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        Range(wrong, "deploy_service:rollout:max_timeout", rollout.MaxTimeout, rollout.DefaultTimeout.Value, TimeSpan.FromDays(30));
        Range(wrong, "deploy_service:rollout:poll_interval", rollout.PollInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
        Range(wrong, "deploy_service:rollout:takeover_after", rollout.TakeoverAfter, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    private static void Range(List<string> wrong, string key, int value, int least, int most)
    {
        if (value < least || value > most)
            wrong.Add($"{key} must be {least}..{most}");
    }

    private static void Range(List<string> wrong, string key, Duration value, TimeSpan least, TimeSpan most)
    {
        if (value.Value < least || value.Value > most)
            wrong.Add($"{key} must be {least.TotalSeconds:0}s..{most.TotalSeconds:0}s");
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

    [GeneratedRegex(@"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\z")]
    private static partial Regex Namespace();
}
