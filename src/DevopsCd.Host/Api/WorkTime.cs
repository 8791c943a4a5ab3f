namespace DevopsCd.Host.Api;

/// <summary>
/// How long a request may still take until its answer begins (<see cref="AnswerGate" />). It starts again when the request's turn comes. Whether the answer
/// has begun in time is decided once: a timer that was due is on its way for a while when all threads are busy, and finds that it comes too late.
/// </summary>
internal sealed class WorkTime : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly TimeProvider _clock;
    // Not disposed: it may be told by the timer while the request ends, and holds nothing.
    private readonly CancellationTokenSource _deadline = new();
    private readonly Lock _lock = new();
    private readonly ITimer _timer;
    private long _started;
    private bool _isLifted, _isMissed;

    /// <param name="patience">So long.</param>
    /// <param name="clock">Tells when it is over.</param>
    public WorkTime(TimeSpan patience, TimeProvider clock)
    {
        (_patience, _clock, _started) = (patience, clock, clock.GetTimestamp());
        _timer = clock.CreateTimer(_ => RunOut(), null, patience, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is left until the work is told to stop.</summary>
    public TimeSpan Left => _patience - _clock.GetElapsedTime(Volatile.Read(ref _started));

    /// <summary>The time is over, and no answer had begun.</summary>
    public bool IsMissed => Volatile.Read(ref _isMissed);

    /// <summary>Tells the work to stop.</summary>
    public CancellationToken Missed => _deadline.Token;

    /// <summary>The work begins now.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            Volatile.Write(ref _started, _clock.GetTimestamp());
            if (!_isLifted)
                _timer.Change(_patience, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The answer begins, and no deadline cuts it off any more. The server bounds who reads it too slowly.</summary>
    /// <returns>Whether it is in time.</returns>
    public bool TryLift()
    {
        lock (_lock)
        {
            _isLifted |= !_isMissed;
            return _isLifted;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _isLifted = true;
        _timer.Dispose();
    }

    private void RunOut()
    {
        lock (_lock)
        {
            if (_isLifted)
                return;
            if (Left is { Ticks: > 0 } left)
            {
                // It has started again since the timer was due.
                _timer.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
            _isMissed = true;
        }
        _deadline.Cancel();
    }
}
