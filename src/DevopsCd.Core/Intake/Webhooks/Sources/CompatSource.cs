using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>The field names of the seed's own notifier: several applications a build, each with its own success.</summary>
internal sealed class CompatSource : IWebhookSource
{
    public string Name => "compat";

    public bool IsGenuine(WebhookRequest request, string secret) => Genuine.HasTokenOrSignature(request, secret);

    public string? DeliveryOf(WebhookRequest request) => null;

    public Reading Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("build_number") is not { } number)
            return Reading.Ignore("no build_number");
        // The branch it names is the one it wants to go into.
        if (json.Text("build_event") == "pull_request")
            return Reading.Ignore("a build of a pull request");
        var status = Statuses.Of(json.Text("build_status"));
        var builds = json.Items("apps").Where(app => app.Text("name") is not null).Select(app => Build(json, app, number, status)).ToArray();
        return builds.Length > 0 ? Reading.Of(builds) : Reading.Ignore("no apps");
    }

    private static ReportedBuild Build(JsonElement json, JsonElement app, string number, BuildStatus status)
    {
        var image = app.Text("image") is { } text ? ImageReference.Parse(text) : null;
        return new ReportedBuild
        {
            Application = app.Text("name"),
            Repository = json.Text("repo"),
            Branch = json.Text("commit_branch"),
            Tag = Genuine.Prefixed(json.Text("commit_ref"), "refs/tags/"),
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
