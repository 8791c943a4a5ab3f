using System.Collections.Concurrent;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Freezes;

/// <summary>When freezes hold, by what they say: read and computed once, because every start asks, and a scan for all that wait.</summary>
internal sealed class FreezeCalendar
{
    private const int Most = 2000, Remembered = 8;

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <summary>What a freeze says.</summary>
    public FreezeBody Body(Freeze freeze) => Of(freeze).Body;

    /// <summary>The time of a freeze that holds at a time, or the next one after that; null once it is over for good.</summary>
    public FreezeWindow? Next(Freeze freeze, DateTimeOffset at) => Of(freeze).Next(at);

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

        /// <summary>What was found last: for the present, and for the ends of freezes that others may follow.</summary>
        private Look[] _looks = [];

        public FreezeWindow? Next(DateTimeOffset at)
        {
            foreach (var look in _looks)
                if (look.Answers(at))
                    return look.Next;
            FreezeWindow? next = Schedule.Since(at).Select(w => (FreezeWindow?)w).FirstOrDefault();
            _looks = [new Look(at, next), .. _looks.Take(Remembered - 1)];
            return next;
        }
    }

    private sealed record Look(DateTimeOffset At, FreezeWindow? Next)
    {
        /// <summary>What was the next one at an earlier time still is, until it has ended.</summary>
        public bool Answers(DateTimeOffset at) => At <= at && (Next is null || Next.Value.To > at);
    }
}
