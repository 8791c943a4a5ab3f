using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using DevopsCd.DeployService.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>
/// A node without a kubelet, whose pods get the status their image's tag asks for: <c>pull-error</c>, <c>crash</c>, <c>oom</c>,
/// <c>config-error</c>, <c>unready</c> (runs and never serves) or <c>never</c> (stays in ContainerCreating); anything else runs and is ready.
/// The API server asks it for the logs of their containers, as it asks a kubelet.
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

    private readonly WebApplication _logs;

    /// <summary>What the containers of a namespace have written: in their present run, and in the one before.</summary>
    private readonly ConcurrentDictionary<string, (string? Now, string? Before)> _written = new();

    private PuppetKubelet(KubeApi api, WebApplication logs)
    {
        (_api, _logs) = (api, logs);
        _pods = new WatchCache(api, KubeResource.Pods, null, null, TimeProvider.System, NullLogger.Instance,
            (pod, deleted) => _ = PullStringsAsync(pod, deleted));
    }

    public static async Task<PuppetKubelet> StartAsync(KubeApi api)
    {
        if (await api.FindAsync(s_nodes, null, Node, default) is null)
            await api.CreateAsync(s_nodes, null, new { apiVersion = "v1", kind = "Node", metadata = new { name = Node }, spec = new { unschedulable = true } },
                dryRun: false, default);
        var puppets = new PuppetKubelet(api, LogServer());
        puppets._logs.MapGet("/containerLogs/{ns}/{pod}/{container}", (string ns, bool? previous) => puppets._written.TryGetValue(ns, out var text)
            && (previous is true ? text.Before : text.Now) is { } written ? Results.Text(written) : Results.NotFound());
        await puppets._logs.StartAsync();
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
        await _logs.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Lets the containers of a namespace have written that.</summary>
    public void HasWritten(string ns, string? now = null, string? before = null) => _written[ns] = (now, before);

    private static WebApplication LogServer()
    {
        using var certificate = AdmissionServer.SelfSigned();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(served)));
        return builder.Build();
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
                        status = new
                        {
                            addresses = new[] { new { type = "InternalIP", address = "127.0.0.1" } },
                            daemonEndpoints = new { kubeletEndpoint = new Dictionary<string, int> { ["Port"] = new Uri(_logs.Urls.First()).Port } },
                            conditions = new[] { new { type = "Ready", status = "True", reason = "Puppet", lastHeartbeatTime = now } }
                        }
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
            if (!_done.TryAdd(pod.Uid, pod.Name) && (TagOf(pod).StartsWith("unready", StringComparison.Ordinal)
                || pod.Root.Condition("Ready")?.Text("status") != "False" || pod.Root.Text("status", "phase") != "Running"))
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
        var tag = TagOf(pod);
        var unready = tag.StartsWith("unready", StringComparison.Ordinal);
        var oom = tag.StartsWith("oom", StringComparison.Ordinal);
        var ready = !unready && !oom && !tag.StartsWith("pull-error", StringComparison.Ordinal) && !tag.StartsWith("crash", StringComparison.Ordinal)
            && !tag.StartsWith("config-error", StringComparison.Ordinal) && !tag.StartsWith("never", StringComparison.Ordinal);
        object state = ready || unready ? new { running = new { startedAt = now } }
            : tag.StartsWith("pull-error", StringComparison.Ordinal) ? Waiting("ImagePullBackOff", $"Back-off pulling image \"{image}\"")
            : oom || tag.StartsWith("crash", StringComparison.Ordinal) ? Waiting("CrashLoopBackOff", "back-off 20s restarting failed container")
            : tag.StartsWith("config-error", StringComparison.Ordinal) ? Waiting("CreateContainerConfigError", "configmap \"settings\" not found")
            : Waiting("ContainerCreating", "");
        var crashed = tag.StartsWith("crash", StringComparison.Ordinal);
        object lastState = oom ? new { terminated = new { exitCode = 137, reason = "OOMKilled", startedAt = now, finishedAt = now } } : crashed
            ? new { terminated = new { exitCode = 3, reason = "Error", message = "cannot open the ledger", startedAt = now, finishedAt = now } }
            : new { };
        var status = ready ? "True" : "False";
        return new
        {
            phase = ready || unready ? "Running" : "Pending",
            startTime = now,
            conditions = new[] { "Initialized", "PodScheduled" }.Select(t => Condition(t, "True", now))
                .Concat(new[] { "Ready", "ContainersReady" }.Select(t => Condition(t, status, now))),
            containerStatuses = new[]
            {
                new { name, image, imageID = "", ready, started = ready || unready, restartCount = crashed || oom ? 4 : 0, state, lastState }
            }
        };
    }

    private static string TagOf(KubeObject pod)
    {
        var image = pod.Root.Items("spec", "containers")[0].Text("image")!;
        return image[(image.LastIndexOf(':') + 1)..];
    }

    private static object Waiting(string reason, string message) => new { waiting = new { reason, message } };

    private static object Condition(string type, string status, string now) => new { type, status, lastTransitionTime = now };
}
