using DevopsCd.Core.Observability;

namespace DevopsCd.Host.Api;

/// <summary>The streams that are open on this host. Each costs a connection and little else, so that there may be many, and yet not any number.</summary>
internal sealed class OpenStreams
{
    public const int Most = 2000;

    private int _count;

    public int Count => Volatile.Read(ref _count);

    public OpenStreams() => Metrics.WatchStreams(() => Count);

    /// <summary>Opens one; it is open until the place is disposed.</summary>
    /// <returns>Null when there are too many.</returns>
    public IDisposable? TryOpen()
    {
        if (Interlocked.Increment(ref _count) <= Most)
            return new Place(this);
        Interlocked.Decrement(ref _count);
        return null;
    }

    private sealed class Place(OpenStreams streams) : IDisposable
    {
        private int _isGone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGone, 1) == 0)
                Interlocked.Decrement(ref streams._count);
        }
    }
}
