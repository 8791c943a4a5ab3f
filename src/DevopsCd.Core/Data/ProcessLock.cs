using System.Collections.Concurrent;

namespace DevopsCd.Core.Data;

/// <summary>The cluster is this process: the embedded mode.</summary>
internal sealed class ProcessLock : IClusterLock
{
    private readonly ConcurrentDictionary<string, Held> _held = new();

    public Task<IClusterHold?> TryTakeAsync(string name, CancellationToken cancellationToken)
    {
        var held = new Held(this, name);
        return Task.FromResult<IClusterHold?>(_held.TryAdd(name, held) ? held : null);
    }

    private sealed class Held(ProcessLock owner, string name) : IClusterHold
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync()
        {
            owner._held.TryRemove(new KeyValuePair<string, Held>(name, this));
            return ValueTask.CompletedTask;
        }
    }
}
