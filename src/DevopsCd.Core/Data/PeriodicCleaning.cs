using DevopsCd.Core.Observability;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Data;

/// <summary>Removes rows that have had their time, every ten minutes and some hundred a statement.</summary>
/// <param name="what">What is removed, in the plural, for the log.</param>
/// <param name="watch">Watches over it.</param>
/// <param name="clock">Waits.</param>
/// <param name="log">Is told when it could not be removed.</param>
internal abstract class PeriodicCleaning(string what, WorkWatch watch, TimeProvider clock, ILogger log)
    : PeriodicWork(TimeSpan.FromMinutes(10), beginsAtOnce: false, clock)
{
    /// <summary>So many a statement: more would hold locks for long.</summary>
    protected const int AtOnce = 500;

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(30);

    /// <summary>Removes what is due.</summary>
    /// <returns>How many rows were removed.</returns>
    public abstract Task<int> CleanAsync(CancellationToken cancellationToken);

    protected override async Task TurnAsync(CancellationToken cancellationToken)
    {
        using var turn = watch.Begin($"the cleaning of {char.ToLowerInvariant(what[0])}{what[1..]}", s_atMost);
        await CleanAsync(cancellationToken);
    }

    protected override void TellFailed(Exception failure) => log.NotCleaned(what, Pace, failure);
}
