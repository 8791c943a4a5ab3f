using DevopsCd.Core.Changes;
using DevopsCd.Core.Data;

namespace DevopsCd.Host.Live;

/// <summary>
/// Tells open pages and streams that what they show has changed, whichever host changed it: while somebody looks, this process asks the database for
/// the marks of what is looked at, each as often as its topic says, and at once where this process has changed a batch that was quiet. Nobody asks by
/// themselves, and no message can get lost on the way.
/// </summary>
internal sealed class LiveFeed
{
    private readonly Lock _gate = new();
    private readonly HashSet<LiveWatch> _watchers = [];
    private readonly HashSet<long> _changed = [];
    private readonly WakeSignal<LiveWatch> _wake = new();
    private readonly LiveMarks _marks;
    private readonly TimeProvider _clock;
    private readonly ILogger<LiveFeed> _log;
    private bool _isLooking;
    private long _looks;

    public LiveFeed(LiveMarks marks, ChangedBatches changed, TimeProvider clock, ILogger<LiveFeed> log)
    {
        (_marks, _clock, _log) = (marks, clock, log);
        changed.Told += Hear;
    }

    /// <summary>The mark of something now; whoever reads it afterwards reads what has this mark, or later.</summary>
    public Task<string> MarkAsync(LiveTopic topic, CancellationToken cancellationToken) => _marks.OfAsync(topic, cancellationToken);

    /// <summary>Calls back whenever something has changed, and at first as soon as it is known whether it has since it was read.</summary>
    /// <param name="topic">What.</param>
    /// <param name="seen">The mark it had before it was read; null where that is not known.</param>
    /// <param name="tell">What is called, and never waited for.</param>
    public LiveWatch Watch(LiveTopic topic, string? seen, Func<LiveNews, Task> tell)
    {
        var watcher = new LiveWatch(Remove, topic, seen, tell);
        lock (_gate)
        {
            _watchers.Add(watcher);
            if (!_isLooking)
            {
                _isLooking = true;
                _ = Task.Run(LookAsync);
            }
        }
        // Whoever comes with something that nobody else looks at does not wait.
        _wake.Raise();
        return watcher;
    }

    private void Remove(LiveWatch watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    private void Hear(IReadOnlyCollection<long> changed)
    {
        lock (_gate)
        {
            if (!_isLooking)
                return;
            _changed.UnionWith(changed);
        }
        _wake.Raise();
    }

    private async Task LookAsync()
    {
        var failed = false;
        // When each was looked at, and when something of it had changed.
        var (looked, moved) = (new Dictionary<LiveTopic, long>(), new Dictionary<LiveTopic, long>());
        while (true)
        {
            var woken = _wake.Next;
            var (watchers, changed) = Watched();
            if (watchers.Count == 0)
                return;
            List<LiveTopic> due = [.. watchers.Select(w => w.Topic).Distinct().Where(topic => Left(topic, looked) <= TimeSpan.Zero || IsNew(topic, changed))];
            if (due.Count > 0)
            {
                var look = ++_looks;
                try
                {
                    var found = await _marks.OfAsync(due, CancellationToken.None);
                    failed = false;
                    foreach (var watcher in watchers.Where(w => due.Contains(w.Topic)))
                        if (watcher.See(found.GetValueOrDefault(watcher.Topic, ""), look))
                            moved[watcher.Topic] = _clock.GetTimestamp();
                }
                catch (Exception failure)
                {
                    // Whatever the database says: the pages say that they are not live, and the next look is due in a moment.
                    if (!failed)
                        _log.LookFailed(failure);
                    failed = true;
                    foreach (var watcher in watchers.Where(w => due.Contains(w.Topic)))
                        watcher.Lose(look);
                }
                foreach (var topic in due)
                    looked[topic] = _clock.GetTimestamp();
            }
            await WakeSignal<LiveWatch>.WaitAsync(woken, watchers.Min(w => Left(w.Topic, looked)), _clock, CancellationToken.None);
        }

        // What changes all the time is shown as often as its topic says, and not with every commit.
        bool IsNew(LiveTopic topic, IReadOnlySet<long> changed) => changed.Count > 0 && topic.IsOf(changed) && Left(topic, moved) <= TimeSpan.Zero;

        TimeSpan Left(LiveTopic topic, Dictionary<LiveTopic, long> since) =>
            since.TryGetValue(topic, out var at) && topic.Interval - _clock.GetElapsedTime(at) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }

    private (IReadOnlyList<LiveWatch> Watchers, IReadOnlySet<long> Changed) Watched()
    {
        lock (_gate)
        {
            _isLooking = _watchers.Count > 0;
            var changed = _changed.ToHashSet();
            _changed.Clear();
            return ([.. _watchers], changed);
        }
    }
}
