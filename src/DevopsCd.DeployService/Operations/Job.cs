using System.Text.RegularExpressions;
using DevopsCd.DeployService.Strategies;

namespace DevopsCd.DeployService.Operations;

/// <summary>What this process knows of an operation beside its record: whether a step is queued or under way, and when the next one is due.</summary>
internal sealed partial class Job : IDisposable
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_apart = TimeSpan.FromMilliseconds(900);

    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private bool _queued;
    private bool _running;
    private bool _again;
    private bool _disposed;
    private string? _hindrance;
    private int _hindered;
    private DateTimeOffset _hinderedAt;

    public Job(TimeProvider clock, Action wake)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ =>
        {
            lock (_gate)
                _due = DateTimeOffset.MaxValue;
            wake();
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Accepted by this process.</summary>
    public bool Mine { get; set; }

    /// <summary>The operation's image has been seen on the workload.</summary>
    public bool SawImage { get; set; }

    /// <summary>Which versions of the target's objects its steps have seen.</summary>
    public Basis Basis { get; } = new();

    /// <summary>Services and routes, by plural and name, that this process was the last to write, when it put them back.</summary>
    public HashSet<string> PutBack { get; } = new(StringComparer.Ordinal);

    /// <summary>What the last step has seen.</summary>
    public Progress? Seen { get; set; }

    /// <summary>The same, to be added to the message of an operation that has run out of time.</summary>
    public string LastSeen => Seen is { } seen ? $"; last seen: {seen.Reason}: {seen.Message}" : "";

    /// <summary>How often in a row a step has met the same obstacle; counted once a second at most, however often it is woken meanwhile.</summary>
    public int Hindered(string by, DateTimeOffset now)
    {
        // Ports, durations and the like differ from answer to answer.
        var same = Digits().Replace(by, "#");
        if (same != _hindrance)
            (_hindrance, _hindered, _hinderedAt) = (same, 1, now);
        else if (now - _hinderedAt >= s_apart)
            (_hindered, _hinderedAt) = (_hindered + 1, now);
        return _hindered;
    }

    /// <summary>A step was taken without an obstacle.</summary>
    public void Went() => _hindrance = null;

    public bool TryQueue()
    {
        lock (_gate)
        {
            if (_running)
                _again = true;
            if (_running || _queued)
                return false;
            return _queued = true;
        }
    }

    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_running)
                return false;
            _queued = false;
            return _running = true;
        }
    }

    /// <summary>Whether something happened during the step, so that another one is due.</summary>
    public bool Leave()
    {
        lock (_gate)
        {
            _running = false;
            if (!_again)
                return false;
            _again = false;
            return _queued = true;
        }
    }

    /// <summary>Wakes at that time, or earlier when an earlier time is already set.</summary>
    public void WakeIn(TimeSpan wait)
    {
        lock (_gate)
        {
            var due = _clock.GetUtcNow() + wait;
            if (_disposed || due >= _due)
                return;
            _due = due;
            // No timer reaches further than some weeks; one that wakes early finds out how long is left.
            _timer.Change(wait <= TimeSpan.Zero ? TimeSpan.Zero : wait < s_longestWait ? wait : s_longestWait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _timer.Dispose();
    }

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Digits();
}
