using DevopsCd.Core.Notifications.Composing;

namespace DevopsCd.Core.Notifications.Delivery;

/// <summary>
/// Decides what leaves a lane. Order is kept: only the oldest rows leave, and one that waits for its next try holds the others.
/// Progress that a later notice has overtaken and failures of one stage go into one message; a stage with many failures is told
/// at most once in <c>digest_interval</c>.
/// </summary>
internal static class LanePlanner
{
    /// <param name="lane">Open rows of one batch on one channel, oldest first; at least one.</param>
    /// <param name="lastTold">When the stage was told last on this channel.</param>
    /// <param name="now">Now.</param>
    /// <param name="options">The limits.</param>
    public static LanePlan Plan(IReadOnlyList<LaneRow> lane, Func<Stage, DateTimeOffset?> lastTold, DateTimeOffset now, NotificationOptions options)
    {
        var head = lane[0];
        if (head.Row.Tries > 0 && head.Row.NextAttemptAt > now)
            return new LanePlan { WaitUntil = head.Row.NextAttemptAt };

        var main = head;
        var carried = new List<LaneRow>();
        foreach (var next in lane.Skip(1))
            if (IsOvertaken(main.Notice, next.Notice))
            {
                carried.Add(main);
                main = next;
            }
            else if (IsPartOf(next.Notice, main.Notice))
                carried.Add(next);
            else
                break;

        if (main.Notice.Stage is { } stage && IsPaced(main, carried, options) && lastTold(stage) is { } last && last + options.DigestInterval > now)
            return new LanePlan { WaitUntil = last + options.DigestInterval };
        return new LanePlan { Main = main, Carried = carried };
    }

    /// <summary>The later notice says all that the earlier one would.</summary>
    private static bool IsOvertaken(Notice earlier, Notice later) => later.Kind != NoticeKind.Test &&
        (earlier.IsProgress()
            || (earlier.Kind == NoticeKind.AppFailed && earlier.SameStage(later) && (later.Kind == NoticeKind.AppFailed || later.EndsStage())));

    /// <summary>A failure that was written after the end of its stage.</summary>
    private static bool IsPartOf(Notice later, Notice main) => later.Kind == NoticeKind.AppFailed && main.EndsStage() && later.SameStage(main);

    private static bool IsPaced(LaneRow main, List<LaneRow> carried, NotificationOptions options)
    {
        // Whether a first failure is the first of many is known only by the batch's size.
        if (main.Notice.Kind == NoticeKind.AppFailed)
            return main.Notice.Total == 0 || main.Notice.Total > options.DigestAbove;
        return main.Notice.EndsStage() && carried.Append(main).SelectMany(r => r.Notice.Applications)
            .Where(a => a.IsFailure()).DistinctBy(a => (a.Name, a.Cluster)).Skip(options.DigestAbove).Any();
    }
}
