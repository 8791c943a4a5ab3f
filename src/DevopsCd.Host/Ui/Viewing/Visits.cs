using Microsoft.Extensions.Caching.Memory;

namespace DevopsCd.Host.Ui.Viewing;

/// <summary>
/// Hands what a page was first rendered with to the connection that takes it over a moment later, so that it neither reads twice nor shows an
/// empty page in between. A connection to another instance finds nothing here, and reads.
/// </summary>
internal sealed class Visits(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(20);

    private readonly MemoryCache _views = new(new MemoryCacheOptions { SizeLimit = 200, Clock = new CacheClock(clock) });

    /// <param name="visit">The rendering, by an id that only its own page knows.</param>
    /// <param name="address">What was rendered.</param>
    /// <param name="view">What it was rendered with.</param>
    /// <param name="mark">The mark it had before it was read; null where that is not known.</param>
    public void Keep(string visit, string address, object view, string? mark) =>
        _views.Set((visit, address), (view, mark), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = s_kept, Size = 1 });

    /// <summary>What was kept, once; null when there is nothing.</summary>
    public (TView View, string? Mark)? Take<TView>(string visit, string address) where TView : class
    {
        if (!_views.TryGetValue((visit, address), out (object View, string? Mark) kept))
            return null;
        _views.Remove((visit, address));
        return kept.View is TView view ? (view, kept.Mark) : null;
    }

    public void Dispose() => _views.Dispose();

    private sealed class CacheClock(TimeProvider clock) : Microsoft.Extensions.Internal.ISystemClock
    {
        public DateTimeOffset UtcNow => clock.GetUtcNow();
    }
}
