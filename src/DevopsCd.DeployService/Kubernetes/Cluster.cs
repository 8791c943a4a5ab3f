using System.Collections.Concurrent;
using DevopsCd.DeployService.Configuration;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>One cluster of the configuration: its calls and its watches.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string Plural, string? Namespace, string? Labels), Lazy<WatchCache>> _watches = new();
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    public Cluster(string name, ClusterOptions options, KubeApi api, TimeProvider clock, ILogger log)
    {
        (Name, Options, Api, _clock, _log) = (name, options, api, clock, log);
    }

    public string Name { get; }
    public ClusterOptions Options { get; }
    public KubeApi Api { get; }

    /// <summary>Somebody who wants to hear of every change: cluster, object, whether it was deleted.</summary>
    public event Action<Cluster, KubeObject, bool>? Changed;

    /// <summary>The shared watch of that kind in that namespace, started on first use and listed at least once.</summary>
    public async Task<WatchCache> WatchAsync(KubeResource resource, string? ns, CancellationToken cancellationToken, string? labels = null)
    {
        var watch = _watches.GetOrAdd((resource.Plural, ns, labels), _ => new Lazy<WatchCache>(() =>
        {
            var cache = new WatchCache(Api, resource, ns, labels, _clock, _log, (read, deleted) => Changed?.Invoke(this, read, deleted));
            cache.Start();
            return cache;
        })).Value;
        await watch.SyncedAsync(s_patience, cancellationToken);
        return watch;
    }

    /// <summary>The object as the watch last saw it; null when there is none.</summary>
    public async Task<KubeObject?> SeenAsync(KubeResource resource, string ns, string name, CancellationToken cancellationToken)
    {
        var watch = await WatchAsync(resource, ns, cancellationToken);
        if (watch.Trouble is { } trouble)
            throw trouble;
        return watch.TryGet(name, out var found) ? found : null;
    }

    public void Learn(KubeResource resource, KubeObject written)
    {
        if (_watches.TryGetValue((resource.Plural, written.Namespace, null), out var watch))
            watch.Value.Learn(written);
    }

    /// <summary>Brings the watch, which may lag behind, up to date; answers the object as it is now, or null when there is none.</summary>
    public async Task<KubeObject?> RereadAsync(KubeResource resource, string ns, string name, CancellationToken cancellationToken)
    {
        var now = await Api.FindAsync(resource, ns, name, cancellationToken);
        if (now is not null)
            Learn(resource, now);
        else if (_watches.TryGetValue((resource.Plural, ns, null), out var watch))
            watch.Value.Drop(name);
        return now;
    }

    /// <summary>
    /// Makes sure that what <see cref="SeenAsync"/> answers is no older than those versions, by plural and name. The watches of
    /// different kinds are not in step: that of the records may tell what another replica has decided before that of the workloads
    /// tells what it was decided on.
    /// </summary>
    public async Task CatchUpAsync(string ns, IReadOnlyDictionary<string, string> versions, CancellationToken cancellationToken)
    {
        foreach (var (key, version) in versions)
        {
            // What is not watched yet is listed when it is asked for, and that is later than now.
            if (key.Split('/') is not [var plural, var name] || !_watches.TryGetValue((plural, ns, null), out var lazy) || lazy.Value is not { } watch)
                continue;
            await watch.SyncedAsync(s_patience, cancellationToken);
            if (!watch.HasSeen(name, version))
                await RereadAsync(watch.Resource, ns, name, cancellationToken);
        }
    }

    /// <summary>Ends the watches nobody has asked for a while.</summary>
    public async Task RestAsync(TimeSpan idle)
    {
        foreach (var (key, watch) in _watches)
            if (watch.Value.Idle > idle && _watches.TryRemove(key, out _))
                await watch.Value.DisposeAsync();
    }

    public bool Serves(string ns) => Options.Namespaces.Contains("*") || Options.Namespaces.Contains(ns);

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Values)
            await watch.Value.DisposeAsync();
        Api.Dispose();
    }
}
