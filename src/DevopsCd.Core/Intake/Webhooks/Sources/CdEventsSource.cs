using System.Globalization;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.CdEvents;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>CDEvents over HTTP, as CloudEvents (structured, binary or batched) or bare: packaged and published artifacts, finished builds.</summary>
internal sealed class CdEventsSource : IWebhookSource
{
    public string Name => "cdevents";

    public bool SendsLists => true;

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasTokenOrSignature(request, secret);

    public string? DeliveryOf(WebhookRequest request)
    {
        try
        {
            return request["ce-id"] ?? (EventsOf(request) is [var only] ? only.Text("context.id") : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public WebhookParseResult Read(WebhookRequest request)
    {
        var readings = EventsOf(request).Select(json => Read(json, At(request))).ToList();
        var builds = readings.SelectMany(r => r.Builds).ToArray();
        return builds.Length > 0 ? WebhookParseResult.Of(builds) : WebhookParseResult.Ignore(readings.FirstOrDefault()?.Ignored ?? "no event");
    }

    private static WebhookParseResult Read(JsonElement json, DateTimeOffset? at)
    {
        var kind = json.Text("context.type") ?? "";
        var isArtifact = kind.StartsWith("dev.cdevents.artifact.packaged.", StringComparison.Ordinal) ||
            kind.StartsWith("dev.cdevents.artifact.published.", StringComparison.Ordinal);
        if (!isArtifact && !kind.StartsWith("dev.cdevents.build.finished.", StringComparison.Ordinal))
            return WebhookParseResult.Ignore($"type '{kind}' does not report a build");

        var artifact = isArtifact ? json.Text("subject.id") : json.Text("subject.content.artifactId");
        var package = artifact is null ? null : PackageUrl.Parse(artifact);
        var more = json.At("customData") ?? default;
        if ((more.Text("buildNumber") ?? package?.Tag ?? (isArtifact ? null : json.Text("subject.id"))) is not { } number)
            return WebhookParseResult.Ignore("neither customData.buildNumber nor a tag in the artifact's id");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Application = more.Text("application") ?? package?.Name,
            Repository = more.Text("repository"),
            Branch = more.Text("branch"),
            Number = number,
            Assumed = more.Text("status") is { } said ? BuildStatusParser.Assumed(said) : [],
            Status = more.Text("status") is { } status ? BuildStatusParser.Of(status) : BuildStatus.Success,
            CommitId = more.Text("commitId") ?? json.Text("subject.content.change.id"),
            Image = package?.Image,
            ImageTag = package?.Tag ?? more.Text("imageTag"),
            Digest = package?.Digest,
            Link = more.Text("link"),
            FinishedAt = json.Time("context.timestamp") ?? at,
        });
    }

    // In binary mode the envelope is in the headers.
    private static DateTimeOffset? At(WebhookRequest request) =>
        DateTimeOffset.TryParse(request["ce-time"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static List<JsonElement> EventsOf(WebhookRequest request)
    {
        var json = request.Json();
        return json.ValueKind == JsonValueKind.Array ? [.. json.EnumerateArray().Select(Unwrapped)] : [Unwrapped(json)];
    }

    private static JsonElement Unwrapped(JsonElement json) =>
        json.At("specversion") is not null && json.At("data") is { ValueKind: JsonValueKind.Object } data ? data : json;
}
