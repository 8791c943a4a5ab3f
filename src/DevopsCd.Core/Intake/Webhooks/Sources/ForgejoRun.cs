using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Forgejo's <c>action_run_success</c>, <c>_failure</c> and <c>_recover</c>: the same body, the outcome stands in it.</summary>
internal static class ForgejoRun
{
    public static WebhookParseResult Read(JsonElement json)
    {
        if (json.Text("run.index_in_repo") is not { } number)
            return WebhookParseResult.Ignore("an action run without index_in_repo");
        if (json.At("run.is_fork_pull_request") is { ValueKind: JsonValueKind.True })
            return WebhookParseResult.Ignore("a run for a fork's pull request");
        var trigger = json.Text("run.trigger_event") ?? json.Text("run.event");
        var reference = json.Text("run.ref") ?? json.Text("run.prettyref");
        // It writes a pull request's reference as "#7".
        var isRequest = reference?.StartsWith('#') == true;
        var word = json.Text("run.status") ?? json.Text("action");
        var status = BuildStatusParser.Of(word);
        return WebhookParseResult.Of(new ReportedBuild
        {
            Repository = json.Text("run.repository.full_name") ?? json.Text("repository.full_name"),
            Branch = isRequest ? null : reference,
            Event = trigger,
            NotOfBranch = isRequest ? $"built for the pull request {reference}" : trigger is null ? null : Triggers.WhyNot(trigger),
            Assumed = [.. Triggers.Said(trigger, "Forgejo"), .. BuildStatusParser.Assumed(word)],
            Path = json.Text("run.workflow_id"),
            Jobs = ReportedBuild.Named(json.Text("run.workflow_id")),
            Number = number,
            Status = status,
            CommitId = json.Text("run.commit_sha"),
            CommitMessage = json.Text("run.title"),
            CommitAuthor = json.Text("run.trigger_user.login"),
            Link = json.Text("run.html_url"),
            FinishedAt = status == BuildStatus.Running ? null : json.Time("run.stopped") ?? json.Time("run.updated"),
        });
    }
}
