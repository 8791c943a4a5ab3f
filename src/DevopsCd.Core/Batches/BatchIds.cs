using System.Collections.Concurrent;

namespace DevopsCd.Core.Batches;

/// <summary>The ids that batches have in messages, by their numbers in addresses. Neither ever changes, so that a batch is looked up once.</summary>
internal sealed class BatchIds
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<long, Guid> _known = [];

    /// <summary>Null while nobody has asked for the batch.</summary>
    public Guid? Find(long id) => _known.TryGetValue(id, out var correlationId) ? correlationId : null;

    public void Know(long id, Guid correlationId)
    {
        // Whoever is asked for again is soon known again.
        if (_known.Count >= Most)
            _known.Clear();
        _known[id] = correlationId;
    }

    /// <summary>There is no such batch any more: the database is another one than it was, as after a restore.</summary>
    public void Forget(long id) => _known.TryRemove(id, out _);
}
