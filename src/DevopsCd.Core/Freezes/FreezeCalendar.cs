using System.Collections.Concurrent;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Freezes;

/// <summary>When freezes hold, by what they say: read once and remembered, because a scan asks for every batch.</summary>
internal sealed class FreezeCalendar
{
    private const int Most = 2000;

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <summary>What a freeze says.</summary>
    public FreezeBody Body(Freeze freeze) => Of(freeze).Body;

    /// <summary>The present time of a freeze, or its next one; null once it is over for good.</summary>
    public FreezeWindow? Next(Freeze freeze, DateTimeOffset now)
    {
        var entry = Of(freeze);
        // What was the next one at an earlier time still is, until it has ended.
        if (entry.Looked is { } looked && looked.At <= now && (looked.Next is null || looked.Next.Value.To > now))
            return looked.Next;
        FreezeWindow? next = entry.Schedule.Since(now).Select(w => (FreezeWindow?)w).FirstOrDefault();
        entry.Looked = new Look(now, next);
        return next;
    }

    /// <summary>Its next times, the present one included.</summary>
    public IReadOnlyList<FreezeWindow> Next(Freeze freeze, DateTimeOffset now, int most) => [.. Of(freeze).Schedule.Since(now).Take(most)];

    /// <summary>Its times that touch a period, at most so many.</summary>
    public IReadOnlyList<FreezeWindow> Between(Freeze freeze, DateTimeOffset from, DateTimeOffset to, int most) =>
        [.. Of(freeze).Schedule.Since(from).TakeWhile(w => w.From < to).Take(most)];

    private Entry Of(Freeze freeze)
    {
        if (_known.TryGetValue(freeze.Definition, out var known))
            return known;
        if (_known.Count >= Most)
            _known.Clear();
        var body = FreezeRules.Parse(freeze.Definition);
        return _known[freeze.Definition] = new Entry(body, FreezeRules.Schedule(body));
    }

    private sealed class Entry(FreezeBody body, FreezeSchedule schedule)
    {
        public FreezeBody Body { get; } = body;

        public FreezeSchedule Schedule { get; } = schedule;

        public Look? Looked { get; set; }
    }

    private sealed record Look(DateTimeOffset At, FreezeWindow? Next);
}
