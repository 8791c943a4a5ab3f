namespace DevopsCd.Host.Api;

/// <summary>How long a request may still take until its answer begins (<see cref="AnswerGate" />). It starts again when the request's turn comes.</summary>
internal sealed class WorkTime(TimeSpan patience, TimeProvider clock, CancellationTokenSource deadline)
{
    private readonly Lock _lock = new();
    private long _started = clock.GetTimestamp();
    private bool _isOver;

    /// <summary>What is left until the work is told to stop.</summary>
    public TimeSpan Left => patience - clock.GetElapsedTime(Volatile.Read(ref _started));

    public void Begin()
    {
        Volatile.Write(ref _started, clock.GetTimestamp());
        deadline.CancelAfter(patience);
    }

    /// <summary>The answer has begun, and no deadline cuts it off. The server bounds who reads it too slowly.</summary>
    public void Lift()
    {
        lock (_lock)
        {
            if (!_isOver)
                deadline.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Nobody waits for the deadline any more.</summary>
    public void End()
    {
        lock (_lock)
            _isOver = true;
    }
}
