using System.Collections.Concurrent;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>Checks operations as far as that is possible without doing them; writes nothing.</summary>
internal sealed class Preflight(Clusters clusters, StrategyCatalogue strategies, OperationService operations)
{
    public Task<DeployPreflightResult[]> CheckAsync(
        IReadOnlyList<(DeployOperationRequest Request, Dictionary<string, string[]> Errors)> operations, Caller caller, CancellationToken cancellationToken)
    {
        // A list of operations asks for the same few rights again and again; the API server is asked once for each.
        var rights = new ConcurrentDictionary<(Cluster Cluster, string Namespace, string Verb, KubeResource Resource), Lazy<Task<bool>>>();
        return Task.WhenAll(operations.Select(o => CheckAsync(o.Request, o.Errors, caller, MayAsync, cancellationToken)));

        Task<bool> MayAsync(Cluster cluster, string ns, string verb, KubeResource resource) =>
            rights.GetOrAdd((cluster, ns, verb, resource), _ => new(() => cluster.Api.MayAsync(verb, resource, ns, null, cancellationToken))).Value;
    }

    /// <summary>What operations would change, without trying whether they could: the targets are read, and nothing else is asked.</summary>
    public Task<DeployPreflightResult[]> InspectAsync(
        IReadOnlyList<(DeployOperationRequest Request, Dictionary<string, string[]> Errors)> operations, Caller caller, CancellationToken cancellationToken) =>
        Task.WhenAll(operations.Select(o => CheckAsync(o.Request, o.Errors, caller, null, cancellationToken)));

    /// <summary>What is wrong with a request by itself, and with who sends it; asks no cluster.</summary>
    public static DeployPreflightResult Validated((DeployOperationRequest Request, Dictionary<string, string[]> Errors) read, Caller caller)
    {
        var (request, problems) = read;
        if (problems.Count == 0 && OutOfScope(request, caller) is { } outOfScope)
            problems = new() { ["namespace"] = [outOfScope] };
        return new DeployPreflightResult { Application = request.Application, Cluster = request.Cluster, Ok = problems.Count == 0, Problems = problems };
    }

    private static string? OutOfScope(DeployOperationRequest request, Caller caller) => caller.May(request.Cluster, request.Namespace)
        ? null
        : $"key '{caller.Name}' may not deploy to namespace '{request.Namespace}' of cluster '{request.Cluster}'";

    private async Task<DeployPreflightResult> CheckAsync(
        DeployOperationRequest request, Dictionary<string, string[]> wrong, Caller caller, Func<Cluster, string, string, KubeResource, Task<bool>>? may,
            CancellationToken cancellationToken)
    {
        var problems = new Dictionary<string, string[]>(wrong);
        IReadOnlyList<DeployPreflightChange> changes = [];
        if (problems.Count == 0 && OutOfScope(request, caller) is { } outOfScope)
            problems["namespace"] = [outOfScope];
        if (problems.Count == 0)
        {
            try
            {
                (var found, problems) = await operations.LookAsync(request, caller, cancellationToken);
                changes = found?.Changes ?? [];
                if (problems.Count == 0 && may is not null)
                    await TryAsync(request, found, problems, may, cancellationToken);
            }
            catch (TargetRejectedException refused)
            {
                problems[refused.Field] = [refused.Message];
            }
            catch (KubeException no)
            {
                problems["dryRun"] = [no.Message];
            }
            catch (ClusterUnreachableException away)
            {
                problems["cluster"] = [away.Message];
            }
        }
        return new DeployPreflightResult
        {
            Application = request.Application,
            Cluster = request.Cluster,
            Ok = problems.Count == 0,
            Problems = problems,
            Changes = problems.Count == 0 ? changes : []
        };
    }

    private async Task TryAsync(
        DeployOperationRequest request, Inspection? found, Dictionary<string, string[]> problems, Func<Cluster, string, string, KubeResource, Task<bool>> may,
            CancellationToken cancellationToken)
    {
        clusters.TryGet(request.Cluster, out var cluster);
        var strategy = strategies[request.Strategy?.Type ?? StrategyNames.Rolling];
        var missing = new List<string>();
        foreach (var (verb, resource) in strategy.Needs(request))
            if (!await may(cluster!, request.Namespace, verb, resource))
                missing.Add($"{verb} {resource.Plural}");
        if (missing.Count > 0)
            problems["permissions"] = [$"not permitted in namespace '{request.Namespace}': {string.Join(", ", missing)}"];
        else
            await strategy.DryRunAsync(cluster!, request, cancellationToken);
        if (found is not null && await QuotaAsync(cluster!, request.Namespace, strategy.MorePods(request, found), cancellationToken) is { } full)
            problems["quota"] = [full];
    }

    /// <summary>Whether there is room for the pods; what else it needs the quota's own admission says in the rollout.</summary>
    private static async Task<string?> QuotaAsync(Cluster cluster, string ns, int more, CancellationToken cancellationToken)
    {
        if (more == 0)
            return null;
        List<KubeObject> quotas;
        try
        {
            (_, quotas) = await cluster.Api.ListAsync(KubeResource.Quotas, ns, null, null, cancellationToken);
        }
        catch (KubeException no) when ((int)no.Status == 403)
        {
            // Without the right to read quotas the rollout itself tells.
            return null;
        }
        foreach (var quota in quotas)
            foreach (var name in new[] { "pods", "count/pods" })
                if (int.TryParse(quota.Root.Text("status", "hard", name), out var hard) && int.TryParse(quota.Root.Text("status", "used", name), out var used)
                    && used + more > hard)
                    return $"quota '{quota.Name}' has no room for {more} more {(more == 1 ? "pod" : "pods")}: {used} of {hard} are there";
        return null;
    }
}
