using DevopsCd.Core.Changes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace DevopsCd.Host.Live;

/// <summary>
/// The newest changes of batches, read and written once for all who follow them on this host. Each of those keeps a place and no copy, so that a slow
/// one costs no memory.
/// </summary>
internal sealed class ChangeTail(IServiceScopeFactory scopes, IOptions<JsonOptions> json)
{
    private const int MostChanges = 2000;
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<LiveChange> _changes = [];
    private long? _newest;
    private long _from;
    private int _bytes;

    /// <summary>Reads what has been committed since the last look; called by one at a time.</summary>
    /// <returns>The cursor of the newest change.</returns>
    public async Task<long> LookAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var log = scope.ServiceProvider.GetRequiredService<ChangeLog>();
        var newest = _newest ?? Restart(await log.NewestAsync(cancellationToken));
        for (var left = MostChanges; left > 0; left -= ChangeLog.PageSize)
        {
            var read = await log.AfterAsync(newest, cancellationToken);
            if (read.Count == 0)
                return newest;
            newest = Add([.. read.Select(change => LiveChange.Of(change, json.Value.SerializerOptions))]);
            if (read.Count < ChangeLog.PageSize)
                return newest;
        }
        // After a long time without anybody: nobody waits for what lies between.
        return Restart(await log.NewestAsync(cancellationToken));
    }

    /// <summary>The changes after a cursor; null where not all of them are here any more, or not yet.</summary>
    public IReadOnlyList<LiveChange>? After(long cursor)
    {
        lock (_gate)
            return _newest is null || cursor < _from ? null : [.. _changes.Where(change => change.Cursor > cursor)];
    }

    private long Restart(long newest)
    {
        lock (_gate)
        {
            _changes.Clear();
            (_newest, _from, _bytes) = (newest, newest, 0);
        }
        return newest;
    }

    private long Add(IReadOnlyList<LiveChange> read)
    {
        lock (_gate)
        {
            // What lay between was removed because of its age.
            if (read[0].Cursor != _newest + 1)
            {
                _changes.Clear();
                (_from, _bytes) = (read[0].Cursor - 1, 0);
            }
            foreach (var change in read)
            {
                _changes.Enqueue(change);
                _bytes += change.Frame.Length;
            }
            while (_changes.Count > MostChanges || (_bytes > MostBytes && _changes.Count > 1))
            {
                var oldest = _changes.Dequeue();
                (_from, _bytes) = (oldest.Cursor, _bytes - oldest.Frame.Length);
            }
            _newest = read[^1].Cursor;
            return read[^1].Cursor;
        }
    }
}
