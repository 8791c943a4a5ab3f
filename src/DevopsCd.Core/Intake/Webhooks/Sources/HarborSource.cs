using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Harbor's pushed artifacts, in its own format and as CloudEvents; the policy's auth header is the secret.</summary>
internal sealed class HarborSource : IWebhookSource
{
    public string Name => "harbor";

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasToken(request, secret);

    public string? DeliveryOf(WebhookRequest request)
    {
        // CloudEvents carry an id; Harbor's own format has none, then its content is the id.
        try
        {
            return request.Json().Text("id");
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        var kind = json.Text("type");
        if (kind is not ("PUSH_ARTIFACT" or "harbor.artifact.pushed"))
            return WebhookParseResult.Ignore($"type {kind} does not report a push");
        var data = json.At("event_data") ?? json.At("data") ?? default;
        var at = json.Time("occur_at") ?? json.Time("time");
        var builds = data.Items("resources").Select(resource => Build(data, resource, at)).OfType<ReportedBuild>().ToArray();
        return builds.Length > 0 ? WebhookParseResult.Of(builds) : WebhookParseResult.Ignore("a push without tag");
    }

    private static ReportedBuild? Build(JsonElement data, JsonElement resource, DateTimeOffset? at)
    {
        // For an untagged push the tag holds the digest and the address ends in it.
        if (resource.Text("tag") is not { } tag || tag.StartsWith("sha256:", StringComparison.Ordinal) || resource.Text("resource_url") is not { } url
            || !url.Contains('/'))
            return null;
        return new ReportedBuild
        {
            Repository = data.Text("repository.repo_full_name"),
            Jobs = ReportedBuild.Named(data.Text("repository.name")),
            Tag = tag,
            NoImage = IsChart(url) ? "a chart" : null,
            Number = tag,
            Status = BuildStatus.Success,
            Image = ImageReference.Parse(url).Name,
            ImageTag = tag,
            Digest = resource.Text("digest"),
            FinishedAt = at,
        };
    }

    // The event does not say what was pushed. Charts stand in projects or folders of their own; the image's own name may be anything.
    private static bool IsChart(string address) =>
        ImageReference.Parse(address).Name.Split('/')[1..^1].Any(part => part is "chart" or "charts" or "helm" or "helm-charts");
}
