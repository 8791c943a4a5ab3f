using DevopsCd.Core.Data;

namespace DevopsCd.Host.Live;

/// <summary>
/// Tells open pages and streams that what they show has changed, whichever host changed it: while somebody looks, this process asks the database for
/// the marks of what is looked at, each as often as its topic says. Nobody asks by themselves, and no message can get lost on the way.
/// </summary>
internal sealed class LiveFeed(LiveMarks marks, TimeProvider clock, ILogger<LiveFeed> log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<Watcher> _watchers = [];
    private readonly WakeSignal<Watcher> _opened = new();
    private bool _isLooking;
    private long _looks;

    /// <summary>The mark of something now; whoever reads it afterwards reads what has this mark, or later.</summary>
    public Task<string> MarkAsync(LiveTopic topic, CancellationToken cancellationToken) => marks.OfAsync(topic, cancellationToken);

    /// <summary>Calls back whenever something has changed, and at first as soon as it is known whether it has since it was read.</summary>
    /// <param name="topic">What.</param>
    /// <param name="seen">The mark it had before it was read; null where that is not known.</param>
    /// <param name="tell">What is called, and never waited for.</param>
    public IDisposable Watch(LiveTopic topic, string? seen, Func<LiveNews, Task> tell)
    {
        var watcher = new Watcher(this, topic, seen, tell);
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
        _opened.Raise();
        return watcher;
    }

    private void Remove(Watcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }

    private async Task LookAsync()
    {
        var failed = false;
        var looked = new Dictionary<LiveTopic, long>();
        while (true)
        {
            var opened = _opened.Next;
            if (Watched() is not { Count: > 0 } watchers)
                return;
            var look = ++_looks;
            List<LiveTopic> due = [.. watchers.Select(w => w.Topic).Distinct().Where(topic => Left(topic) <= TimeSpan.Zero)];
            try
            {
                var found = await marks.OfAsync(due, CancellationToken.None);
                failed = false;
                foreach (var watcher in watchers.Where(w => due.Contains(w.Topic)))
                    watcher.See(found.GetValueOrDefault(watcher.Topic, ""), look);
            }
            catch (Exception failure)
            {
                // Whatever the database says: the pages say that they are not live, and the next look is due in a moment.
                if (!failed)
                    log.LookFailed(failure);
                failed = true;
                foreach (var watcher in watchers.Where(w => due.Contains(w.Topic)))
                    watcher.Lose(look);
            }
            foreach (var topic in due)
                looked[topic] = clock.GetTimestamp();
            await WakeSignal<Watcher>.WaitAsync(opened, watchers.Min(w => Left(w.Topic)), clock, CancellationToken.None);
        }

        TimeSpan Left(LiveTopic topic) =>
            looked.TryGetValue(topic, out var at) && topic.Interval - clock.GetElapsedTime(at) is { Ticks: > 0 } left ? left : TimeSpan.Zero;
    }

    private List<Watcher> Watched()
    {
        lock (_gate)
        {
            _isLooking = _watchers.Count > 0;
            return [.. _watchers];
        }
    }

    /// <summary>Somebody who is told. What it is told runs where it likes, and is never waited for.</summary>
    private sealed class Watcher(LiveFeed feed, LiveTopic topic, string? seen, Func<LiveNews, Task> tell) : IDisposable
    {
        private string? _seen = seen;
        private LiveNewsKind? _told;

        public LiveTopic Topic => topic;

        public void See(string mark, long look)
        {
            var kind = mark == _seen ? LiveNewsKind.Same : LiveNewsKind.Changed;
            if (kind == LiveNewsKind.Same && _told is LiveNewsKind.Same or LiveNewsKind.Changed)
                return;
            (_seen, _told) = (mark, kind);
            _ = tell(new LiveNews(kind, look));
        }

        public void Lose(long look)
        {
            if (_told == LiveNewsKind.Lost)
                return;
            _told = LiveNewsKind.Lost;
            _ = tell(new LiveNews(LiveNewsKind.Lost, look));
        }

        public void Dispose() => feed.Remove(this);
    }
}
