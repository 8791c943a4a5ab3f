using System.Runtime.CompilerServices;
using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Components;

namespace DevopsCd.Host.Ui.Batches;

/// <summary>Writes the cells of the rows of a batch. Those of folded rows are written once for all pages that show the same reading of the batch.</summary>
internal sealed class RowWriter(BatchView batch, RowNotes notes, TextTable texts)
{
    private const int LongestMessage = 60;
    private const string NotBegun = "none";

    private static readonly ConditionalWeakTable<ReleaseView, MarkupString?[]> s_written = [];

    private readonly IReadOnlyDictionary<string, string> _running = RowNotes.Running(batch);

    /// <summary>The cells of a row that is folded: of what failed with the reason in full, of others with where they stand.</summary>
    public MarkupString Folded(ReleaseView release)
    {
        var written = s_written.GetValue(release, _ => new MarkupString?[Enum.GetValues<Language>().Length]);
        return written[(int)texts.Language] ??= new MarkupString(Write(release, null));
    }

    /// <summary>The cells of a row whose operations are all shown, with times in the reader's zone.</summary>
    public MarkupString Unfolded(ReleaseView release, ReaderClock times) => new(Write(release, times));

    private string Write(ReleaseView release, ReaderClock? times)
    {
        var html = new Html();
        html.Add($"<th scope=\"row\"><a href=\"{ReleaseRow.Address(batch.Id, release.Application)}\">{release.Application}</a></th><td class=\"text\">");
        if (_running.TryGetValue(release.Application, out var running))
            html.Add($"<span class=\"quiet\" title=\"{running}\">{TagOf(running)} →</span> ");
        html.Add($"{release.BuildNumber ?? texts.NoBuild} <span class=\"quiet\">{release.Branch}</span>");
        if (release.PinnedBy is { } by)
            html.Add($" <span class=\"mark quiet\">{texts.PinnedBy(by)}</span>");
        if (release.NewerBuildExists)
            html.Add($" <span class=\"mark warn\">{texts.NewerBuild(release.LatestBuildNumber)}</span>");
        if (release.BuildWithdrawn)
            html.Add($" <span class=\"mark bad\">{texts.Withdrawn}</span>");
        html.Add($"</td><td class=\"text\"><code title=\"{release.CommitId}\">{Short(release.CommitId)}</code>");
        if (notes.Commits.TryGetValue(release.Application, out var commit))
            html.Add($" {FirstLine(commit.Message)} <span class=\"quiet\">{commit.Author}</span>");
        html.Add($"</td>");
        Stage(html, release, "pre", release.PreStatus);
        // Once production goes back, that is what there is to be told of it.
        if (release.RollbackStatus == "none")
            Stage(html, release, "prod", release.ProdStatus);
        else
            Stage(html, release, "rollback", release.RollbackStatus);
        html.Add($"<td class=\"text\">{string.Join(", ", release.DependsOn)}</td><td class=\"text\">");
        var shown = times is null ? ReleaseRow.Failures(release) : release.Deployments;
        if (release.StatusReason is { } reason && !shown.Any(operation => operation.Error == reason))
            html.Add($"<div class=\"reason\">{reason}</div>");
        // Folded, running operations are not listed, and one that takes too long is what people look for.
        if (times is null && release.Deployments.FirstOrDefault(o => o is { LateSince: not null, FinishedAt: null }) is { LateSince: { } late } slow)
            html.Add($"<div><span class=\"mark warn\" data-late=\"{slow.OperationId}\">{texts.TakesLong($"{late.UtcDateTime:HH:mm} UTC")}</span></div>");
        if (release.Deployments.Count > 0)
            html.Add($"<a href=\"{(times is null ? ReleaseRow.Address(batch.Id, release.Application) : $"/batches/{batch.Id}")}\"")
                .Add($" data-operations=\"{release.Application}\">")
                .Add($"{texts.OperationCount(release.Deployments.Count)} {(times is null ? "▸" : "▾")}</a>");
        Operations(html, shown, times);
        return html.Add($"</td>").ToString();
    }

    /// <summary>How the stage stands, and its clusters where they do not all stand alike.</summary>
    private void Stage(Html html, ReleaseView release, string stage, string status)
    {
        var operations = release.Deployments.Where(o => o.Stage == stage).ToList();
        // Before a stage there is nothing to tell of it, five hundred times.
        if (status == NotBegun && operations.Count == 0)
        {
            html.Add($"<td class=\"quiet\" title=\"{texts.Outcome(status)}\">–</td>");
            return;
        }
        html.Add($"<td>").Add($"{Mark(status)}");
        if (stage == "rollback")
            html.Add($" <span class=\"quiet\">{texts.Stage(stage)}</span>");
        var attempt = operations.Count == 0 ? 0 : operations.Max(o => o.Attempt);
        foreach (var operation in operations.Where(o => o.Attempt == attempt).OrderBy(o => o.Cluster, StringComparer.Ordinal))
            if (operations.Count(o => o.Attempt == attempt) > 1 || operation.Tries > 1)
                html.Add($" <span class=\"at\" title=\"{texts.Outcome(operation.Status)}\">{operation.Cluster} {Looks.Outcome(operation.Status).Shape}")
                    .Add($"{(operation.Tries > 1 ? $" {Tries(operation)}" : "")}</span>");
        html.Add($"</td>");
    }

    private void Operations(Html html, IReadOnlyList<DeploymentView> operations, ReaderClock? times)
    {
        if (operations.Count == 0)
            return;
        html.Add($"<ul class=\"operations\">");
        foreach (var operation in operations)
        {
            html.Add($"<li>{Mark(operation.Status)} {texts.Stage(operation.Stage)} · {operation.Cluster} · {texts.Attempt(operation.Attempt)}")
                .Add($" · {Tries(operation)}");
            if (times is not null)
                html.Add($" · <time datetime=\"{operation.StartedAt.UtcDateTime:O}\">{times.Absolute(operation.StartedAt)}</time>")
                    .Add($" · {ReaderClock.Length((operation.FinishedAt ?? times.Now) - operation.StartedAt)} <code>{operation.Image}</code>");
            if (times is not null && notes.NextCalls.TryGetValue(operation.OperationId, out var next) && next > times.Now)
                html.Add($" · {texts.NextCallIn((int)Math.Ceiling((next - times.Now).TotalSeconds))}");
            if (operation.Restarts > 0)
                html.Add($" · {texts.Restarts(operation.Restarts)}");
            if (operation is { LateSince: { } late, FinishedAt: null })
                html.Add($" <span class=\"mark warn\" data-late=\"{operation.OperationId}\">")
                    .Add($"{texts.TakesLong(times?.Absolute(late) ?? $"{late.UtcDateTime:HH:mm} UTC")}</span>");
            if (operation.Error is { } error)
                html.Add($"<pre>{error}</pre>");
            if (operation.Cause is { } cause)
                Cause(html, cause, operation.Error);
            html.Add($"</li>");
        }
        html.Add($"</ul>");
    }

    /// <summary>Why an operation has failed, in full: whoever has to mend it needs no other page.</summary>
    private void Cause(Html html, DeployCause cause, string? said)
    {
        html.Add($"<div class=\"cause\" data-cause=\"{cause.Class}\"><span class=\"mark bad\">{texts.Cause(cause.Class)}</span> {cause.Reason}");
        var places = new[] { ("pod", cause.Pod), ("node", cause.Node), ("container", cause.Container) };
        foreach (var (kind, name) in places)
            if (name is { Length: > 0 })
                html.Add($" <span class=\"quiet\">{kind}</span> <code>{name}</code>");
        if (cause.Message is { Length: > 0 } message && said?.Contains(message, StringComparison.Ordinal) is not true)
            html.Add($"<pre>{message}</pre>");
        if (cause.Events.Count > 0)
        {
            html.Add($"<ul class=\"operations\">");
            foreach (var e in cause.Events)
                html.Add($"<li>{e.Reason}: {e.Message}{(e.Count > 1 ? $" (×{e.Count})" : "")}</li>");
            html.Add($"</ul>");
        }
        if (cause.LastLines.Count > 0)
            html.Add($"<div class=\"quiet\">{texts.LastLines}</div><pre class=\"lines\">{string.Join('\n', cause.LastLines)}</pre>");
        html.Add($"</div>");
    }

    /// <summary>The first try needs no count unless it may be followed by others.</summary>
    private string Tries(DeploymentView operation) => operation.Tries > 1 && notes.MostTries >= operation.Tries
        ? texts.TryOf(operation.Tries, notes.MostTries)
        : texts.Tries(operation.Tries);

    private Html Mark(string outcome)
    {
        var (look, shape) = Looks.Outcome(outcome);
        return new Html().Add($"<span class=\"mark {look}\" data-outcome=\"{outcome}\"><span aria-hidden=\"true\">{shape}</span> ")
            .Add($"{texts.Outcome(outcome)}</span>");
    }

    /// <summary>As much of a commit as people tell it by.</summary>
    public static string? Short(string? commit) => commit is { Length: > 10 } ? commit[..10] : commit;

    /// <summary>What a commit says in short.</summary>
    public static string FirstLine(string? message)
    {
        var line = message?.Split('\n', 2)[0].Trim() ?? "";
        return line.Length <= LongestMessage ? line : $"{line[..(LongestMessage - 1)]}…";
    }

    /// <summary>An image's tag, without its name and its digest.</summary>
    public static string TagOf(string image)
    {
        var named = image.Split('@')[0];
        return named[(named.LastIndexOf(':') + 1)..];
    }
}
