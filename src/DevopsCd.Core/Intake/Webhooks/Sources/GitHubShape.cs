using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>The payloads of GitHub and of those who speak like it.</summary>
internal static class GitHubShape
{
    public static Reading Read(string? kind, JsonElement json) => kind switch
    {
        "workflow_run" => WorkflowRun(json),
        "registry_package" => Package(json, "registry_package"),
        "package" => Package(json, "package"),
        "ping" => Reading.Ignore("a ping"),
        null => Reading.Ignore("no event header"),
        _ => Reading.Ignore($"event {kind} tells of no build"),
    };

    private static Reading WorkflowRun(JsonElement json)
    {
        if (json.Text("workflow_run.run_number") is not { } number)
            return Reading.Ignore("a workflow_run without run_number");
        // The fork's branch may have any name, ours among them: what it built is not what our branch holds.
        if (json.Text("workflow_run.head_repository.full_name") is { } head && !head.Equals(json.Text("repository.full_name"), StringComparison.OrdinalIgnoreCase))
            return Reading.Ignore($"a run for the fork {head}");
        var ended = json.Text("action") == "completed";
        return Reading.Of(new ReportedBuild
        {
            Repository = json.Text("repository.full_name"),
            Branch = json.Text("workflow_run.head_branch"),
            Path = json.Text("workflow_run.path"),
            Jobs = ReportedBuild.Named(json.Text("workflow_run.name")),
            Number = number,
            Attempt = json.Number("workflow_run.run_attempt") ?? 1,
            Status = ended ? Statuses.Of(json.Text("workflow_run.conclusion")) : BuildStatus.Running,
            CommitId = json.Text("workflow_run.head_sha"),
            CommitMessage = json.Text("workflow_run.head_commit.message"),
            CommitAuthor = json.Text("workflow_run.head_commit.author.name"),
            Link = json.Text("workflow_run.html_url"),
            FinishedAt = ended ? json.Time("workflow_run.updated_at") : null,
        });
    }

    private static Reading Package(JsonElement json, string root)
    {
        var action = json.Text("action");
        if (action is not ("published" or "updated" or "created"))
            return Reading.Ignore($"package {action}");
        var version = json.At($"{root}.package_version") ?? json.At($"{root}") ?? json;
        if (!string.Equals(json.Text($"{root}.package_type") ?? json.Text($"{root}.type"), "container", StringComparison.OrdinalIgnoreCase))
            return Reading.Ignore("a package that is no container image");
        var tag = version.Text("container_metadata.tag.name") ?? (root == "package" ? TagOf(version.Text("version")) : null);
        if (tag is null)
            return Reading.Ignore("a push without tag");

        var image = (version.Text("package_url") ?? version.Text("html_url")) is { } url ? NameOf(url) : null;
        return Reading.Of(new ReportedBuild
        {
            Repository = json.Text("repository.full_name") ?? json.Text($"{root}.repository.full_name"),
            Branch = version.Text("target_commitish"),
            Jobs = ReportedBuild.Named(json.Text($"{root}.name")),
            Number = tag,
            Status = BuildStatus.Success,
            CommitId = version.Text("target_oid"),
            Image = image,
            ImageTag = tag,
            Digest = DigestOf(version.Text("container_metadata.tag.digest")) ?? DigestOf(version.Text("version")),
            Link = version.Text("html_url"),
            FinishedAt = version.Time("updated_at") ?? version.Time("created_at"),
        });
    }

    private static string? TagOf(string? version) => version is null || version.StartsWith("sha256:", StringComparison.Ordinal) ? null : version;

    private static string? DigestOf(string? text) => text?.StartsWith("sha256:", StringComparison.Ordinal) == true ? text : null;

    private static string? NameOf(string url)
    {
        var text = url.Contains("://", StringComparison.Ordinal) ? new Uri(url).Host + new Uri(url).AbsolutePath : url;
        return text.Contains('/') && !text.StartsWith("github.com", StringComparison.Ordinal) ? ImageReference.Parse(text.TrimEnd(':')).Name : null;
    }
}
