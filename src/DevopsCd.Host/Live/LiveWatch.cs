namespace DevopsCd.Host.Live;

/// <summary>Somebody who is told of changes. What it is told runs where it likes, and is never waited for.</summary>
/// <param name="left">Called when it wants to hear no more.</param>
/// <param name="topic">What it follows.</param>
/// <param name="seen">The mark of what it shows; null where that is not known.</param>
/// <param name="tell">What is called.</param>
internal sealed class LiveWatch(Action<LiveWatch> left, LiveTopic topic, string? seen, Func<LiveNews, Task> tell) : IDisposable
{
    private readonly Lock _gate = new();
    private string? _seen = seen;
    private LiveNewsKind? _told;

    public LiveTopic Topic => topic;

    /// <summary>It reads by itself, after taking this mark: a look that finds the same mark has nothing to tell.</summary>
    /// <returns>Whether it has been told of this mark already.</returns>
    public bool Reads(string mark)
    {
        lock (_gate)
        {
            var isTold = _seen == mark;
            _seen = mark;
            return isTold;
        }
    }

    /// <returns>Whether something has changed.</returns>
    public bool See(string mark, long look)
    {
        LiveNewsKind kind;
        lock (_gate)
        {
            kind = mark == _seen ? LiveNewsKind.Same : LiveNewsKind.Changed;
            if (kind == LiveNewsKind.Same && _told is LiveNewsKind.Same or LiveNewsKind.Changed)
                return false;
            (_seen, _told) = (mark, kind);
        }
        _ = tell(new LiveNews(kind, look));
        return kind == LiveNewsKind.Changed;
    }

    public void Lose(long look)
    {
        lock (_gate)
        {
            if (_told == LiveNewsKind.Lost)
                return;
            _told = LiveNewsKind.Lost;
        }
        _ = tell(new LiveNews(LiveNewsKind.Lost, look));
    }

    public void Dispose() => left(this);
}
