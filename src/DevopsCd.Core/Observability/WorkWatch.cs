using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Observability;

/// <summary>
/// What this process does by itself, turn by turn: each turn says how long it may take at most. One that takes longer hangs, on something that
/// has no time limit of its own or on another part; nobody would hear of it, because what hangs fails nothing. Between turns nothing is watched.
/// </summary>
internal sealed class WorkWatch(TimeProvider clock)
{
    private readonly ConcurrentDictionary<Turn, byte> _turns = [];

    /// <summary>A turn begins; disposing what is returned ends it.</summary>
    /// <param name="part">What works, in words that an operator understands.</param>
    /// <param name="atMost">How long a turn takes when everything that it waits for uses up its own time limits.</param>
    public IDisposable Begin(string part, TimeSpan atMost)
    {
        var turn = new Turn(this, part, atMost, clock.GetTimestamp());
        _turns.TryAdd(turn, 0);
        return turn;
    }

    /// <summary>Parts that hang, the longest first, each once.</summary>
    /// <param name="times">How often its time at most has to have passed.</param>
    public IReadOnlyList<HangingWork> Hanging(int times = 1) =>
    [
        .. _turns.Keys.Select(turn => (turn.Part, turn.AtMost, Since: clock.GetElapsedTime(turn.Started)))
            .Where(turn => turn.Since > turn.AtMost * times)
            .GroupBy(turn => turn.Part)
            .Select(part => new HangingWork(part.Key, part.Max(turn => turn.Since), part.Count()))
            .OrderByDescending(part => part.For)
    ];

    private sealed class Turn(WorkWatch watch, string part, TimeSpan atMost, long started) : IDisposable
    {
        public string Part => part;

        public TimeSpan AtMost => atMost;

        public long Started => started;

        public void Dispose() => watch._turns.TryRemove(this, out _);
    }
}

/// <summary>Registers <see cref="WorkWatch" />: each room does that has something to watch over, and all have the same.</summary>
internal static class WorkWatchRegistration
{
    public static IServiceCollection AddWorkWatch(this IServiceCollection services)
    {
        services.TryAddSingleton<WorkWatch>();
        return services;
    }
}

/// <summary>A part whose turn has not come to an end.</summary>
/// <param name="Part">What it is.</param>
/// <param name="For">How long its oldest turn takes already.</param>
/// <param name="Count">How many of its turns hang.</param>
internal sealed record HangingWork(string Part, TimeSpan For, int Count)
{
    /// <summary>As a line for operators.</summary>
    public string InWords => $"{Part}: hanging for {For.TotalMinutes:0} min{(Count == 1 ? "" : $", {Count} at once")}";
}
