namespace DevopsCd.Core.Builds;

/// <summary>
/// A build's place among those of its branch (R2): the finish time the CI sent; where one of two builds has none, or both have the same, the
/// number; where that orders nothing either, arrival. The place is a time, so that the newest build is one look into an index.
/// </summary>
/// <param name="At">The time that orders builds.</param>
/// <param name="By">What decided it.</param>
/// <param name="Against">The build that only arrival orders it against; null when there is none.</param>
internal sealed record BuildPlace(DateTimeOffset At, BuildOrdering By, string? Against)
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1);

    /// <param name="build">The build, with its number, attempt, revision and finish time.</param>
    /// <param name="others">The newest other builds of the branch.</param>
    /// <param name="now">When it arrived.</param>
    public static BuildPlace Of(Build build, IReadOnlyList<Neighbour> others, DateTimeOffset now)
    {
        var at = build.FinishedAt ?? now;
        var by = build.FinishedAt is null ? BuildOrdering.Arrival : BuildOrdering.FinishTime;
        string? against = null;
        DateTimeOffset? before = null, after = null;
        foreach (var other in others)
        {
            var byTime = build.FinishedAt is { } mine && other.FinishedAt is { } theirs ? mine.CompareTo(theirs) : 0;
            var order = byTime != 0 ? byTime : CompareNumbers(build, other);
            if (byTime == 0 && order is not null && by != BuildOrdering.FinishTime)
                by = BuildOrdering.Number;
            if (order is null)
            {
                // A known finish time is compared with the other's arrival: it cannot have finished later than that.
                if (build.FinishedAt is not null && other.FinishedAt is null)
                    continue;
                against ??= other.Number;
            }

            if (order < 0)
                before = before is { } least && least < other.OrderedAt ? least : other.OrderedAt;
            else
                after = after is { } most && most > other.OrderedAt ? most : other.OrderedAt;
        }

        if (after >= at)
            at = after.Value + s_step;
        // Last, so that it wins over a contradiction: a late delivery never becomes newer than what it is known to precede.
        if (before <= at)
            at = after < before && after >= before - s_step ? Between(after.Value, before.Value) : before.Value - s_step;
        return new BuildPlace(at, against is not null && by != BuildOrdering.Number ? BuildOrdering.Arrival : by, by == BuildOrdering.Number ? null : against);
    }

    // In whole microseconds, as PostgreSQL keeps them.
    private static DateTimeOffset Between(DateTimeOffset earlier, DateTimeOffset later) =>
        earlier.AddMicroseconds(Math.Floor((later - earlier).TotalMicroseconds / 2));

    private static int? CompareNumbers(Build build, Neighbour other)
    {
        var order = BuildNumbers.Compare(build.Number, other.Number);
        if (order == 0)
            order = build.Attempt.CompareTo(other.Attempt);
        return order == 0 ? build.Revision.CompareTo(other.Revision) : order;
    }

    /// <summary>What placing needs of another build.</summary>
    internal sealed record Neighbour(string RunNumber, string BuildNumber, int Attempt, int Revision, DateTimeOffset? FinishedAt, DateTimeOffset OrderedAt)
    {
        /// <summary>The CI's number; rows written by hand have only the name.</summary>
        public string Number => RunNumber.Length > 0 ? RunNumber : BuildNumber;
    }
}
