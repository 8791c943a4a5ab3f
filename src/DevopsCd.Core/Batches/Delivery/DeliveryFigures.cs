using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Batches.Delivery;

/// <summary>
/// Reckons DORA's five measures. Pure: attempts and changes in, numbers out. Medians, because a single late release must not hide the others.
/// </summary>
internal static class DeliveryFigures
{
    private const int LongestInDays = 31, DaysOfWeek = 7;

    /// <param name="runs">Attempts to get into production that have ended in the time, and in it alone.</param>
    /// <param name="changes">Changes that have reached production in the time.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    public static DoraView Of(IReadOnlyList<ProductionRun> runs, IReadOnlyList<ReleasedChange> changes, DateOnly from, DateOnly to)
    {
        var (taken, failed, restored) = (runs.Count(run => run.Succeeded), runs.Count(run => run.FailedAt is not null),
            runs.Where(run => run.RestoredAt is not null).ToList());
        var days = to.DayNumber - from.DayNumber + 1;
        return new DoraView
        {
            Projects = [],
            From = from,
            To = to,
            Measures =
            [
                new DoraMeasure
                {
                    Name = "deployment_frequency",
                    Value = (double)taken / days,
                    Unit = "per_day",
                    Count = taken,
                    Definition = "Batches that production took, for each day of the time."
                },
                new DoraMeasure
                {
                    Name = "change_lead_time",
                    Value = Median(changes.Select(change => change.LeadTime)),
                    Unit = "hours",
                    Count = changes.Count,
                    Definition = "The median time from a change to production, application by application. The engine knows builds and not each commit: "
                        + "the clock starts when the oldest build was finished that production did not have, also where earlier releases were interrupted "
                        + "or taken back."
                },
                new DoraMeasure
                {
                    Name = "change_fail_rate",
                    Value = Ratio(failed, runs.Count),
                    Unit = "ratio",
                    Count = runs.Count,
                    Definition = "The share of the deployments to production that failed, were interrupted, or were taken back."
                },
                new DoraMeasure
                {
                    Name = "failed_deployment_recovery_time",
                    Value = Median(restored.Select(run => run.RestoredAt!.Value - run.FailedAt!.Value)),
                    Unit = "hours",
                    Count = restored.Count,
                    Definition = "The median time from a failed deployment to production until it was taken back, or a later release of the same applications "
                        + "succeeded. What is not well again yet is not in it."
                },
                new DoraMeasure
                {
                    Name = "deployment_rework_rate",
                    Value = Ratio(runs.Count(run => run.Repairs), runs.Count),
                    Unit = "ratio",
                    Count = runs.Count,
                    Definition = "The share of the deployments to production that were not planned: those that "
                        + "repeat or repair one of the same batch that went wrong."
                }
            ],
            Periods = [.. Periods(runs, changes, from, to, days > LongestInDays ? DaysOfWeek : 1)]
        };
    }

    private static IEnumerable<DoraPeriod> Periods(
        IReadOnlyList<ProductionRun> runs, IReadOnlyList<ReleasedChange> changes, DateOnly from, DateOnly to, int length)
    {
        for (var start = from; start <= to; start = start.AddDays(length))
        {
            var end = start.AddDays(length);
            var ended = runs.Where(run => Within(run.EndedAt!.Value)).ToList();
            yield return new DoraPeriod
            {
                Start = start,
                Deployments = ended.Count(run => run.Succeeded),
                Failures = ended.Count(run => run.FailedAt is not null),
                LeadTimeHours = Median(changes.Where(change => Within(change.ReleasedAt)).Select(change => change.LeadTime))
            };

            bool Within(DateTimeOffset at) => DateOnly.FromDateTime(at.UtcDateTime) is var day && day >= start && day < end;
        }
    }

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static double? Median(IEnumerable<TimeSpan> times)
    {
        var hours = times.Select(time => time.TotalHours).Order().ToList();
        return hours.Count == 0 ? null : (hours[(hours.Count - 1) / 2] + hours[hours.Count / 2]) / 2;
    }
}
