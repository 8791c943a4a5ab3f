using System.Collections.Concurrent;
using DevopsCd.DeployService.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// A node without a kubelet, whose pods get the status their image's tag asks for: <c>pull-error</c>, <c>crash</c>,
/// <c>config-error</c> or <c>never</c> (stays in ContainerCreating); anything else runs and is ready.
/// </summary>
internal sealed class PuppetKubelet : IAsyncDisposable
{
    public const string Node = "puppet-0";

    private static readonly KubeResource s_nodes = new("", "v1", "nodes", "Node", Namespaced: false);

    private readonly KubeApi _api;
    private readonly WatchCache _pods;
    private readonly ConcurrentDictionary<string, string> _done = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _beating = Task.CompletedTask;

    private PuppetKubelet(KubeApi api)
    {
        _api = api;
        _pods = new WatchCache(api, KubeResource.Pods, null, null, TimeProvider.System, NullLogger.Instance,
            (pod, deleted) => _ = PullStringsAsync(pod, deleted));
    }

    public static async Task<PuppetKubelet> StartAsync(KubeApi api)
    {
        if (await api.FindAsync(s_nodes, null, Node, default) is null)
            await api.CreateAsync(s_nodes, null, new { apiVersion = "v1", kind = "Node", metadata = new { name = Node }, spec = new { unschedulable = true } },
                dryRun: false, default);
        var puppets = new PuppetKubelet(api);
        puppets._beating = puppets.BeatAsync();
        puppets._pods.Start();
        await puppets._pods.SyncedAsync(TimeSpan.FromSeconds(60), default);
        return puppets;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        await _pods.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Without a heartbeat the node's pods would be marked as not ready after a while.</summary>
    private async Task BeatAsync()
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(5));
        try
        {
            do
            {
                var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
                try
                {
                    await _api.MergeStatusAsync(s_nodes, null, Node, new
                    {
                        status = new { conditions = new[] { new { type = "Ready", status = "True", reason = "Puppet", lastHeartbeatTime = now } } }
                    }, _stop.Token);
                }
                catch (ClusterUnreachableException)
                {
                    // The next beat.
                }
            }
            while (await beat.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The tests are over.
        }
    }

    private async Task PullStringsAsync(KubeObject pod, bool deleted)
    {
        if (deleted || pod.Root.Text("spec", "nodeName") != Node)
            return;
        try
        {
            if (pod.Deleting)
            {
                await _api.DeleteAsync(KubeResource.Pods, pod.Namespace, pod.Name, default, graceSeconds: 0);
                return;
            }
            // Once, so that a test may write its own status; again only when somebody has taken a good pod's readiness away.
            if (!_done.TryAdd(pod.Uid, pod.Name) && (pod.Root.Condition("Ready")?.Text("status") != "False" || pod.Root.Text("status", "phase") != "Running"))
                return;
            await _api.MergeStatusAsync(KubeResource.Pods, pod.Namespace, pod.Name, new { status = StatusOf(pod) }, default);
        }
        catch (KubeException gone) when (gone.NotFound)
        {
            // The pod went away in between.
        }
        catch (Exception e) when (e is KubeException or ClusterUnreachableException)
        {
            _done.TryRemove(pod.Uid, out _);
            if (!_stop.IsCancellationRequested)
                _ = PullStringsAsync(pod, deleted);
        }
    }

    private static object StatusOf(KubeObject pod)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ");
        var container = pod.Root.Items("spec", "containers")[0];
        var (name, image) = (container.Text("name")!, container.Text("image")!);
        var tag = image[(image.LastIndexOf(':') + 1)..];
        var ready = !tag.StartsWith("pull-error", StringComparison.Ordinal) && !tag.StartsWith("crash", StringComparison.Ordinal)
            && !tag.StartsWith("config-error", StringComparison.Ordinal) && !tag.StartsWith("never", StringComparison.Ordinal);
        object state = ready ? new { running = new { startedAt = now } }
            : tag.StartsWith("pull-error", StringComparison.Ordinal) ? Waiting("ImagePullBackOff", $"Back-off pulling image \"{image}\"")
            : tag.StartsWith("crash", StringComparison.Ordinal) ? Waiting("CrashLoopBackOff", "back-off 20s restarting failed container")
            : tag.StartsWith("config-error", StringComparison.Ordinal) ? Waiting("CreateContainerConfigError", "configmap \"settings\" not found")
            : Waiting("ContainerCreating", "");
        var crashed = tag.StartsWith("crash", StringComparison.Ordinal);
        object lastState = crashed
            ? new { terminated = new { exitCode = 3, reason = "Error", message = "cannot open the ledger", startedAt = now, finishedAt = now } }
            : new { };
        var status = ready ? "True" : "False";
        return new
        {
            phase = ready ? "Running" : "Pending",
            startTime = now,
            conditions = new[] { "Initialized", "PodScheduled" }.Select(t => Condition(t, "True", now))
                .Concat(new[] { "Ready", "ContainersReady" }.Select(t => Condition(t, status, now))),
            containerStatuses = new[] { new { name, image, imageID = "", ready, started = ready, restartCount = crashed ? 4 : 0, state, lastState } }
        };
    }

    private static object Waiting(string reason, string message) => new { waiting = new { reason, message } };

    private static object Condition(string type, string status, string now) => new { type, status, lastTransitionTime = now };
}
