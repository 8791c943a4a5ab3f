using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Builds;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>The field names of the seed's own notifier: several applications a build, each with its own success.</summary>
internal sealed class CompatSource : IWebhookSource
{
    public string Name => "compat";

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasTokenOrSignature(request, secret);

    public string? DeliveryOf(WebhookRequest request) => null;

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("build_number") is not { } number)
            return WebhookParseResult.Ignore("no build_number");
        // The branch it names is the one it wants to go into; and nothing says whether it comes from a fork.
        if (json.Text("build_event") == "pull_request")
            return WebhookParseResult.Ignore("a build of a pull request");
        var status = BuildStatusParser.Of(json.Text("build_status"));
        var builds = json.Items("apps").Where(app => app.Text("name") is not null).Select(app => Build(json, app, number, status)).ToArray();
        return builds.Length > 0 ? WebhookParseResult.Of(builds) : WebhookParseResult.Ignore("no apps");
    }

    private static ReportedBuild Build(JsonElement json, JsonElement app, string number, BuildStatus status)
    {
        var image = app.Text("image") is { } text ? ImageReference.Parse(text) : null;
        var trigger = json.Text("build_event");
        var tag = WebhookSignature.Prefixed(json.Text("commit_ref"), "refs/tags/");
        return new ReportedBuild
        {
            Application = app.Text("name"),
            Repository = json.Text("repo"),
            Branch = tag is not null ? null : json.Text("commit_branch") is { } branch ? GitRef.OfBranch(branch) : json.Text("commit_ref"),
            Tag = tag,
            Event = trigger,
            NotOfBranch = trigger is null or "tag" ? null : Triggers.WhyNot(trigger),
            Assumed = [.. Triggers.Said(trigger, "the sender"), .. BuildStatusParser.Assumed(json.Text("build_status"))],
            Number = number,
            Status = app.At("build_success") is { ValueKind: JsonValueKind.False } && status == BuildStatus.Success ? BuildStatus.Failed : status,
            CommitId = json.Text("commit_id"),
            CommitMessage = json.Text("commit_message"),
            CommitAuthor = json.Text("commit_author"),
            Image = image?.Name,
            ImageTag = app.Text("image_tag") ?? image?.Tag,
            Digest = image?.Digest,
            Link = json.Text("build_link"),
            FinishedAt = json.Time("build_finished") ?? json.Time("finished_at"),
        };
    }
}
