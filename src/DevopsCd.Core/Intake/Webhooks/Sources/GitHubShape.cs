using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Builds;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>The payloads of GitHub and of those who speak like it.</summary>
internal static class GitHubShape
{
    public static WebhookParseResult Read(string sender, string? kind, JsonElement json) => kind switch
    {
        "workflow_run" => WorkflowRun(sender, json),
        "registry_package" => Package(json, "registry_package"),
        "package" => Package(json, "package"),
        "ping" => WebhookParseResult.Ignore("a ping"),
        null => WebhookParseResult.Ignore("no event header"),
        _ => WebhookParseResult.Ignore($"event {kind} does not report a build"),
    };

    private static WebhookParseResult WorkflowRun(string sender, JsonElement json)
    {
        if (json.Text("workflow_run.run_number") is not { } number)
            return WebhookParseResult.Ignore("a workflow_run without run_number");
        // The fork's branch may have any name, ours among them: what it built is not what our branch holds.
        if (json.Text("workflow_run.head_repository.full_name") is { } head
            && !head.Equals(json.Text("repository.full_name"), StringComparison.OrdinalIgnoreCase))
            return WebhookParseResult.Ignore($"a run for the fork {head}");
        var ended = json.Text("action") == "completed";
        var trigger = json.Text("workflow_run.event");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Repository = json.Text("repository.full_name"),
            Branch = json.Text("workflow_run.head_branch") is { } branch ? GitRef.OfBranch(branch) : null,
            Event = trigger,
            NotOfBranch = trigger is null ? null : Triggers.WhyNot(trigger),
            Assumed = [.. Triggers.Said(trigger, sender), .. ended ? BuildStatusParser.Assumed(json.Text("workflow_run.conclusion")) : []],
            Path = json.Text("workflow_run.path"),
            Jobs = ReportedBuild.Named(json.Text("workflow_run.name")),
            Number = number,
            Attempt = json.Number("workflow_run.run_attempt") is { } attempt and > 0 ? attempt : 1,
            Status = ended ? BuildStatusParser.Of(json.Text("workflow_run.conclusion")) : BuildStatus.Running,
            CommitId = json.Text("workflow_run.head_sha"),
            CommitMessage = json.Text("workflow_run.head_commit.message"),
            CommitAuthor = json.Text("workflow_run.head_commit.author.name"),
            Link = json.Text("workflow_run.html_url"),
            FinishedAt = ended ? json.Time("workflow_run.completed_at") ?? json.Time("workflow_run.updated_at") : null,
        });
    }

    private static WebhookParseResult Package(JsonElement json, string root)
    {
        var action = json.Text("action");
        if (action is not ("published" or "updated" or "created"))
            return WebhookParseResult.Ignore($"package {action}");
        var package = json.At(root) ?? default;
        var version = package.At("package_version") ?? package;
        if (!IsContainer(package.Text("package_type") ?? package.Text("type")) && !IsContainer(package.Text("ecosystem")))
            return WebhookParseResult.Ignore("a package that is not a container image");
        var tag = version.Text("container_metadata.tag.name") ?? TagOf(version.Text("version"));
        if (tag is null)
            return WebhookParseResult.Ignore("a push without tag");

        var branch = version.Text("target_commitish");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Repository = json.Text("repository.full_name") ?? package.Text("repository.full_name"),
            Branch = branch,
            Event = "package",
            // It is the repository's default branch, whatever the image was built from.
            Assumed = branch is null ? [] : [$"the sender names the branch '{branch}' for every package"],
            NoImage = NoImage(version),
            Tag = tag,
            Jobs = ReportedBuild.Named(package.Text("name")),
            Number = tag,
            Status = BuildStatus.Success,
            CommitId = CommitOf(version),
            Image = ImageOf(version, package),
            ImageTag = tag,
            Digest = DigestOf(version.Text("container_metadata.tag.digest"))
                ?? DigestOf(version.Text("container_metadata.manifest.digest")) ?? DigestOf(version.Text("version")),
            Link = version.Text("html_url"),
            FinishedAt = Known(version.Time("updated_at"))
                ?? Known(version.Time("created_at")) ?? Known(package.Time("updated_at")) ?? package.Time("created_at"),
        });
    }

    private static bool IsContainer(string? type) => type?.ToLowerInvariant() is "container" or "docker";

    private static string? TagOf(string? version) => version is null || version.StartsWith("sha256:", StringComparison.Ordinal) ? null : version;

    private static string? DigestOf(string? text) => text is { Length: 71 } && text.StartsWith("sha256:", StringComparison.Ordinal) ? text : null;

    // It sends the year 1 where it means nothing.
    private static DateTimeOffset? Known(DateTimeOffset? time) => time is { Year: > 1 } ? time : null;

    // What GitHub calls target_oid may be the image's digest; the label is what the build itself wrote.
    private static string? CommitOf(JsonElement version) => version.Text("container_metadata.labels.revision") is { Length: >= 7 } revision ? revision
        : version.Text("target_oid") is { Length: 40 } commit ? commit
        : null;

    // Charts, signatures and attestations are manifests as well; what they are of stands in their config and layers.
    private static string? NoImage(JsonElement version)
    {
        var config = version.Text("container_metadata.manifest.config.media_type");
        if (config is not null && !config.StartsWith("application/vnd.docker.container.image.", StringComparison.Ordinal)
            && !config.StartsWith("application/vnd.oci.image.config.", StringComparison.Ordinal))
            return $"an artifact of the kind '{config}'";
        var layers = version.Items("container_metadata.manifest.layers").Select(l => l.Text("media_type")).OfType<string>().ToList();
        return layers.Count > 0 && layers.All(l => !l.Contains("image", StringComparison.Ordinal)) ? $"an artifact of the kind '{layers[0]}'" : null;
    }

    private static string? ImageOf(JsonElement version, JsonElement package)
    {
        // GitHub: "ghcr.io/Shop/order:1.4"; a registry knows names in lower case only.
        if (version.Text("package_url") is { } address)
            return address.Contains('/') ? ImageReference.Parse(address.TrimEnd(':')).Name.ToLowerInvariant() : null;
        // Gitea: "https://host/shop/-/packages/container/order/1.4", where the image is host/shop/order.
        if (version.Text("html_url") is not { } page || !Uri.TryCreate(page, UriKind.Absolute, out var uri) || package.Text("name") is not { } name)
            return null;
        var owner = package.Text("owner.login") ?? package.Text("owner.username") ?? Before(uri.AbsolutePath, "/-/packages/");
        return owner is null ? null : $"{uri.Authority}/{owner}/{name}".ToLowerInvariant();
    }

    private static string? Before(string path, string end) => path.IndexOf(end, StringComparison.Ordinal) is var at and > 0 ? path[..at].Split('/')[^1] : null;
}
