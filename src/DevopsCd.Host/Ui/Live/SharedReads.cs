namespace DevopsCd.Host.Ui.Live;

/// <summary>
/// Reads once what many pages were told of at the same moment, for everybody with the same rights: a hundred open pages of one batch cost one read.
/// </summary>
internal sealed class SharedReads
{
    /// <summary>Looks after which nobody asks any more for what an earlier one has found.</summary>
    private const int Kept = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<SharedKey, Task<object?>> _reads = [];

    /// <param name="key">What is read, for whom, and after which look.</param>
    /// <param name="read">Reads it, where nobody has begun to. It goes on when its reader leaves, since others may wait for it.</param>
    /// <returns>What was read, and whether it was by this call.</returns>
    public (Task<object?> Result, bool IsOwn) Read(SharedKey key, Func<Task<object?>> read)
    {
        lock (_gate)
        {
            if (_reads.TryGetValue(key, out var under))
                return (under, false);
            foreach (var old in _reads.Keys.Where(other => other.Look < key.Look - Kept).ToList())
                _reads.Remove(old);
            return (_reads[key] = Task.Run(read), true);
        }
    }
}

/// <summary>What is read together.</summary>
/// <param name="Address">The page's address, which names what it shows.</param>
/// <param name="Reader">Who looks, with all that gives them rights.</param>
/// <param name="Look">The look that has found the change.</param>
internal readonly record struct SharedKey(string Address, string Reader, long Look);
