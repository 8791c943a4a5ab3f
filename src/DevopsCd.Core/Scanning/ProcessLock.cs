using System.Collections.Concurrent;

namespace DevopsCd.Core.Scanning;

/// <summary>The cluster is this process: the embedded mode.</summary>
internal sealed class ProcessLock : IClusterLock
{
    private readonly ConcurrentDictionary<string, Held> _held = new();

    public Task<IAsyncDisposable?> TryTake(string name, CancellationToken cancellationToken)
    {
        var held = new Held(this, name);
        return Task.FromResult<IAsyncDisposable?>(_held.TryAdd(name, held) ? held : null);
    }

    private sealed class Held(ProcessLock owner, string name) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            owner._held.TryRemove(new KeyValuePair<string, Held>(name, this));
            return ValueTask.CompletedTask;
        }
    }
}
