using System.Diagnostics;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Testing.Chaos;

/// <summary>A CI system that tells of a new build all the time, each until it is taken, to whichever host is there.</summary>
public sealed class BuildFlow(PostgresDatabase database, Func<CdApi> api)
{
    /// <summary>The application that is built.</summary>
    public const string Application = "flow";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Builds that were taken.</summary>
    public int Taken { get; private set; }

    /// <summary>The longest time from one that was taken to the next.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Tells until the work is done.</summary>
    public async Task DuringAsync(Task work)
    {
        var last = Stopwatch.GetTimestamp();
        while (!work.IsCompleted)
        {
            if ((await api().AddBuild(Application, Taken + 1).ConfigureAwait(false)).IsSuccess)
            {
                (Taken, Longest) = (Taken + 1, TimeSpan.FromTicks(Math.Max(Longest.Ticks, Stopwatch.GetElapsedTime(last).Ticks)));
                last = Stopwatch.GetTimestamp();
            }

            await Pause.For(s_pause).ConfigureAwait(false);
        }
    }

    /// <summary>I3: each is there once.</summary>
    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        var there = await database.QueryAsync<string>("select build_number from builds where application_name = $1", Application).ConfigureAwait(false);
        return [.. Enumerable.Range(1, Taken).Where(number => there.Count(each => each == $"{number}") != 1)
            .Select(number => $"I3 build {number} of {Application} was taken, and is there {there.Count(each => each == $"{number}")} times")];
    }
}
