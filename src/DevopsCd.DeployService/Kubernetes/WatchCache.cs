using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using DevopsCd.Shared;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>
/// All objects of one kind in one namespace, kept current by one watch that every operation shares. Lists first, watches from
/// there; lists again when the server has forgotten the version (410), when the stream breaks or falls silent, and at the end
/// of every watch, which is the poll that finds what a watch may have lost.
/// </summary>
internal sealed class WatchCache(
    KubeApi api, KubeResource resource, string? ns, string? labels, TimeProvider clock, ILogger log, Action<KubeObject, bool> changed) : IAsyncDisposable
{
    private static readonly TimeSpan s_watchLength = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan s_firstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(10);

    /// <summary>A watch that has stood this long is a good one.</summary>
    private static readonly TimeSpan s_stood = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, KubeObject> _objects = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, byte>> _byController = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;
    private long _usedAt;

    public KubeResource Resource => resource;

    /// <summary>Why the cache may be behind; null while the watch stands.</summary>
    public Exception? Trouble { get; private set; }

    public TimeSpan Idle => clock.GetElapsedTime(Interlocked.Read(ref _usedAt));

    public ICollection<KubeObject> Objects => _objects.Values;

    public void Start()
    {
        Touch();
        _running = Task.Run(RunAsync);
    }

    public void Touch() => Interlocked.Exchange(ref _usedAt, clock.GetTimestamp());

    /// <summary>Waits for the first list; throws what stands in its way.</summary>
    public async Task SyncedAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        Touch();
        if (_synced.Task.IsCompleted)
            return;
        try
        {
            await _synced.Task.WaitAsync(patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw Trouble is KubeException or ClusterUnreachableException ? Trouble
                : new TimeoutException($"the list of {resource.Plural} in {ns} did not come in time");
        }
    }

    public bool TryGet(string name, [NotNullWhen(true)] out KubeObject? found) => _objects.TryGetValue(name, out found);

    public IEnumerable<KubeObject> ControlledBy(string uid) =>
        _byController.TryGetValue(uid, out var names) ? names.Keys.Select(n => _objects.GetValueOrDefault(n)).OfType<KubeObject>() : [];

    /// <summary>Takes in what a write of our own has answered, without waiting for the watch to say it.</summary>
    public void Learn(KubeObject written) => Put(written, tell: false);

    /// <summary>Whether that version of the object, or a later one, is known here.</summary>
    public bool HasSeen(string name, string version) =>
        TryGet(name, out var known) && ulong.TryParse(known.ResourceVersion, out var seen) && ulong.TryParse(version, out var wanted) && seen >= wanted;

    /// <summary>Forgets an object that the API server says is gone, without waiting for the watch to say it.</summary>
    public void Drop(string name)
    {
        lock (_gate)
            if (_objects.TryRemove(name, out var known))
                Unindex(known);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            long? listedAt = null;
            try
            {
                var version = await ListAsync();
                listedAt = clock.GetTimestamp();
                await foreach (var (type, read) in api.WatchAsync(resource, ns, labels, null, version, s_watchLength, s_silence, _stop.Token))
                {
                    if (type is "ADDED" or "MODIFIED")
                        Put(read, tell: true);
                    else if (type == "DELETED")
                        Remove(read);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (KubeException gone) when (gone.Expired)
            {
                log.WatchExpired(resource.Plural, ns);
            }
            catch (Exception broken)
            {
                Trouble = broken is KubeException or ClusterUnreachableException ? broken : new ClusterUnreachableException(ns ?? "", broken.Message, broken);
                log.WatchBroken(resource.Plural, ns, broken.Message);
            }
            // A server that ends every watch at once, in whatever way, must not be listed without pause.
            failures = listedAt is { } at && clock.GetElapsedTime(at) >= s_stood ? 0 : failures + 1;
            if (failures > 0 && !await WaitAsync(Backoff.After(failures, s_firstWait, s_longestWait)))
                return;
        }
    }

    private async Task<bool> WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, clock, _stop.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<string> ListAsync()
    {
        var (version, items) = await api.ListAsync(resource, ns, labels, null, _stop.Token);
        var seen = items.Select(i => i.Name).ToHashSet();
        foreach (var item in items)
            Put(item, tell: true);
        foreach (var (name, old) in _objects)
            if (!seen.Contains(name) && IsOlder(old, version))
                Remove(old);
        Trouble = null;
        _synced.TrySetResult();
        return version;
    }

    private void Put(KubeObject read, bool tell)
    {
        lock (_gate)
        {
            if (_objects.TryGetValue(read.Name, out var known))
            {
                if (known.Uid == read.Uid && !read.IsNewerThan(known))
                    return;
                Unindex(known);
            }
            _objects[read.Name] = read;
            if (read.Controller is { } controller)
                _byController.GetOrAdd(controller, _ => new())[read.Name] = 0;
        }
        if (tell)
            changed(read, false);
    }

    private void Remove(KubeObject read)
    {
        lock (_gate)
        {
            if (!_objects.TryGetValue(read.Name, out var known) || known.Uid != read.Uid)
                return;
            _objects.TryRemove(read.Name, out _);
            Unindex(known);
        }
        changed(read, true);
    }

    private void Unindex(KubeObject known)
    {
        if (known.Controller is not { } controller || !_byController.TryGetValue(controller, out var names))
            return;
        names.TryRemove(known.Name, out _);
        if (names.IsEmpty)
            _byController.TryRemove(controller, out _);
    }

    /// <summary>Created by ourselves after the list was taken: not missing, just newer.</summary>
    private static bool IsOlder(KubeObject known, string listVersion) =>
        !ulong.TryParse(known.ResourceVersion, out var mine) || !ulong.TryParse(listVersion, out var listed) || mine <= listed;
}
