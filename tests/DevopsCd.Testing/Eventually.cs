using System.Diagnostics;

namespace DevopsCd.Testing;

/// <summary>Waits for facts instead of for time. A wait that ends without the fact says what it saw last.</summary>
public static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Looks again every few milliseconds until <paramref name="look"/> finds what <paramref name="isThere"/> wants.</summary>
    /// <param name="look">Reads the present state; what it throws counts as not there yet.</param>
    /// <param name="isThere">Says whether the state is the wanted one.</param>
    /// <param name="what">The wanted fact, for the failure message.</param>
    /// <param name="within">How long to look; 30 s unless told.</param>
    public static async Task<T> Sees<T>(Func<Task<T>> look, Predicate<T> isThere, string what, TimeSpan? within = null)
    {
        var started = Stopwatch.GetTimestamp();
        var patience = within ?? Patience;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));

        while (true)
        {
            object? seen;
            Exception? failure = null;

            try
            {
                var state = await look().ConfigureAwait(false);
                if (isThere(state)) return state;
                seen = state;
            }
            catch (Exception e) when (e is not HopelessException)
            {
                seen = null;
                failure = e;
            }

            if (Stopwatch.GetElapsedTime(started) > patience)
                throw new TimeoutException($"Not within {patience.TotalSeconds:0.#} s: {what}. Last seen: {Describe(seen, failure)}", failure);

            // Starts close together and slows down to a tenth of the time already spent: quick facts are seen quickly.
            pause.Period = TimeSpan.FromMilliseconds(Math.Clamp(Stopwatch.GetElapsedTime(started).TotalMilliseconds / 10, 5, 250));
            await pause.WaitForNextTickAsync().ConfigureAwait(false);
        }
    }

    public static Task IsTrue(Func<Task<bool>> look, string what, TimeSpan? within = null) => Sees(look, seen => seen, what, within);

    public static Task IsTrue(Func<bool> look, string what, TimeSpan? within = null) => IsTrue(() => Task.FromResult(look()), what, within);

    private static string Describe(object? seen, Exception? failure) => (seen, failure) switch
    {
        (_, not null) => failure.Message,
        (string text, _) => text,
        (System.Collections.IEnumerable many, _) => $"[{string.Join(", ", many.Cast<object?>())}]",
        _ => seen?.ToString() ?? "nothing",
    };
}
