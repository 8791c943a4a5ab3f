using System.Globalization;
using DevopsCd.Contracts.Api;

namespace DevopsCd.Core.Notifications.Composing;

/// <summary>Puts a notice, and those it carries along, into words that every channel can shape.</summary>
internal sealed class NoticeComposer(NotificationOptions options)
{
    private static readonly ReleaseStatus[] s_worstFirst =
    [
        ReleaseStatus.Failed, ReleaseStatus.TimedOut, ReleaseStatus.Held, ReleaseStatus.Stopped, ReleaseStatus.Waiting,
        ReleaseStatus.Deploying, ReleaseStatus.None, ReleaseStatus.Succeeded, ReleaseStatus.Skipped
    ];

    private const int NoticeEvents = 3;
    private const int NoticeLines = 5;
    private const string ChangedSinceApproval = "审核后已变更 Changed since approval";

    private readonly TimeZoneInfo _zone = TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
    private readonly string? _address = options.PublicUrl is { Length: > 0 } url ? url.TrimEnd('/') : null;

    /// <param name="notice">The latest of the notices.</param>
    /// <param name="carried">Those that it stands for, oldest first.</param>
    public NoticeMessage Compose(Notice notice, IReadOnlyList<Notice> carried)
    {
        var applications = Merge([notice, .. carried.Where(c => c.Kind == NoticeKind.AppFailed)]);
        return new NoticeMessage
        {
            Notice = notice,
            Told = [.. carried, notice],
            Tone = notice.Tone(),
            Title = Title(notice, applications),
            Facts = [.. Facts(notice), .. applications.Where(a => a.Cause is not null).ToList() is [{ Cause: { } cause }] ? CauseFacts(cause) : []],
            Summary = Summary(notice, applications),
            Applications = applications,
            Earlier = carried.Where(c => c.Kind != NoticeKind.AppFailed).Select(Earlier).ToList(),
            Link = _address is null ? null : new Uri(notice.BatchId is { } id ? $"{_address}/batches/{id}" : _address)
        };
    }

    private static List<ApplicationOutcome> Merge(IEnumerable<Notice> notices) => notices
        .SelectMany(n => n.Applications)
        .GroupBy(a => (a.Name, a.Cluster))
        // The latest says how it stands, and only the notice of its failure says why.
        .Select(told => told.First() with { Cause = told.First().IsFailure() ? told.Select(a => a.Cause).FirstOrDefault(c => c is not null) : null })
        .OrderBy(a => Array.IndexOf(s_worstFirst, a.Outcome))
        .ThenBy(a => a.Name, StringComparer.Ordinal)
        .ToList();

    private static string Title(Notice notice, List<ApplicationOutcome> applications)
    {
        var batch = TextSanitizer.Clip(notice.BatchNumber, 64);
        return notice.Kind switch
        {
            NoticeKind.Test => "测试通知 · Test notice",
            NoticeKind.ProductionReady => $"等待生产发布确认 · Waiting for production — {batch}",
            NoticeKind.ApprovalGiven =>
                $"等待审核 {notice.Votes!.Votes}/{notice.Votes.Required}：{notice.EventLabel} · "
                + $"{notice.Votes.Votes} of {notice.Votes.Required} approvals: {NotificationTexts.English(notice.Event ?? "")} — {batch}",
            NoticeKind.OperationLate => $"应用部署比平时慢 · An application takes longer than usual — {batch}",
            NoticeKind.GateWaits => $"门禁等待人工确认：{notice.Gate} · Gate {notice.Gate} waits for a person — {batch}",
            NoticeKind.GatePassed => $"门禁已放行：{notice.Gate} · Gate {notice.Gate} lets pass — {batch}",
            NoticeKind.GateFailed => $"门禁未通过：{notice.Gate} · Gate {notice.Gate} has failed — {batch}",
            NoticeKind.AppFailed when applications.Count > 1 =>
                $"{applications.Count} 个应用部署失败 · {applications.Count} applications failed — {batch}",
            NoticeKind.AppFailed => $"应用部署失败 · Application failed — {batch}",
            _ => $"{notice.EventLabel ?? notice.To?.Label} · {NotificationTexts.English(notice.Event ?? "")} — {batch}"
        };
    }

    private List<MessageFact> Facts(Notice notice)
    {
        var facts = new List<MessageFact>();
        if (notice.BatchNumber.Length > 0)
            facts.Add(new MessageFact("批次 Batch", $"{notice.BatchNumber} {TextSanitizer.Clip(notice.Title, 120)}"));
        if (notice.Project is { } project)
            facts.Add(new MessageFact("项目 Project", project));
        if (notice.Stage is { } stage)
            facts.Add(new MessageFact("阶段 Stage", notice.Attempt > 1 ? $"{stage.Label()} (第 {notice.Attempt} 次 attempt {notice.Attempt})" : stage.Label()));
        if (notice is { From: { } from, To: { } to })
            facts.Add(new MessageFact("状态 State", $"{from.Label} → {to.Label} ({from.Name} → {to.Name})"));
        else if (notice.To is { } now)
            facts.Add(new MessageFact("状态 State", $"{now.Label} ({now.Name})"));
        if (notice.Operator.Length > 0)
            facts.Add(new MessageFact("操作人 By", TextSanitizer.Clip(notice.Operator, 80)));
        facts.Add(new MessageFact("时间 At", Time(notice.At)));
        if (notice.Reason is { Length: > 0 } reason)
            facts.Add(new MessageFact("原因 Reason", reason));
        if (notice.Votes is { } votes)
        {
            if (votes.By.Count > 0)
                facts.Add(new MessageFact("已审核 Approved by", string.Join(", ", votes.By.Select(name => TextSanitizer.Clip(name, 80)))));
            facts.Add(new MessageFact("尚缺 Still needed", MissingVotes.WithNames(votes.Missing)));
        }
        if (notice.DiffersFromApproval)
            facts.Add(new MessageFact(ChangedSinceApproval, Changes(notice)));
        return facts;
    }

    /// <summary>Of one application: enough to know where to begin, without opening anything.</summary>
    private static IEnumerable<MessageFact> CauseFacts(DeployCause cause)
    {
        var where = new[] { ("pod", cause.Pod), ("node", cause.Node), ("container", cause.Container) }
            .Where(w => w.Item2 is { Length: > 0 }).Select(w => $"{w.Item1} {TextSanitizer.Clip(w.Item2!, 120)}").ToList();
        var word = cause.Reason is { Length: > 0 } reason ? $" ({reason})" : "";
        yield return new MessageFact("故障类别 Cause",
            $"{NotificationTexts.Cause(cause.Class)}{word}{(where.Count > 0 ? $" – {string.Join(", ", where)}" : "")}");
        if (cause.Message is { Length: > 0 } seen)
            yield return new MessageFact("所见 Seen", seen);
        if (cause.Events.Count > 0)
            yield return new MessageFact("事件 Events",
                string.Join(" | ", cause.Events.TakeLast(NoticeEvents).Select(e => $"{e.Reason}: {e.Message}{(e.Count > 1 ? $" (×{e.Count})" : "")}")));
        if (cause.LastLines.Count > 0)
            yield return new MessageFact("日志 Last lines", string.Join(" | ", cause.LastLines.TakeLast(NoticeLines)));
    }

    private static string? Summary(Notice notice, List<ApplicationOutcome> applications)
    {
        if (applications.Count == 0)
            return notice.Total > 0 ? $"{notice.Total}" : null;
        var counts = applications.GroupBy(a => a.Outcome).Where(g => g.Key != ReleaseStatus.None)
            .Select(g => $"{NotificationTexts.Outcome(g.Key)} {g.Count()}").ToList();
        var total = Math.Max(notice.Total, applications.Count);
        return counts.Count == 0 ? $"{total}" : $"{string.Join(" · ", counts)} (共 {total} total)";
    }

    private string Earlier(Notice notice) =>
        $"{notice.EventLabel ?? notice.To?.Label} {NotificationTexts.English(notice.Event ?? "")} · {TextSanitizer.Clip(notice.Operator, 80)} · {Time(notice.At)}" +
        (notice.DiffersFromApproval ? $" · {ChangedSinceApproval}: {Changes(notice)}" : "");

    private static string Changes(Notice notice) => notice.Changes.Count == 0 ? "是 yes" : string.Join("; ", notice.Changes);

    private string Time(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, _zone);
        var zone = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("zzz", CultureInfo.InvariantCulture);
        return $"{local.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} {zone}";
    }
}
