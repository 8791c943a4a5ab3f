using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Jenkins' Notification plugin; a token in a header, because the plugin signs nothing.</summary>
internal sealed class JenkinsSource : IWebhookSource
{
    public string Name => "jenkins";

    public bool IsGenuine(WebhookRequest request, string secret) => Genuine.HasToken(request, secret);

    public string? DeliveryOf(WebhookRequest request) => null;

    public Reading Read(WebhookRequest request)
    {
        var json = request.Json();
        var phase = json.Text("build.phase");
        if (phase is not ("STARTED" or "FINALIZED"))
            return Reading.Ignore($"phase {phase} is neither the start nor the end");
        if (json.Text("build.number") is not { } number)
            return Reading.Ignore("a build without number");
        var ended = phase == "FINALIZED";
        return Reading.Of(new ReportedBuild
        {
            Application = json.Text("build.parameters.APPLICATION"),
            Repository = json.Text("build.scm.url"),
            Branch = BranchOf(json.Text("build.scm.branch")),
            Jobs = ReportedBuild.Named(json.Text("name")),
            Number = number,
            Status = ended ? Statuses.Of(json.Text("build.status")) : BuildStatus.Running,
            CommitId = json.Text("build.scm.commit"),
            CommitAuthor = json.Items("build.scm.culprits").FirstOrDefault() is { ValueKind: JsonValueKind.String } culprit ? culprit.GetString() : null,
            Image = json.Text("build.parameters.IMAGE"),
            ImageTag = json.Text("build.parameters.IMAGE_TAG"),
            Link = json.Text("build.full_url"),
            // It counts in milliseconds.
            FinishedAt = ended && json.At("build.timestamp") is { ValueKind: JsonValueKind.Number } time && time.TryGetInt64(out var milliseconds)
                && milliseconds is > 0 and < 100_000_000_000_000
                ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
                : null,
        });
    }

    private static string? BranchOf(string? branch) => Genuine.Prefixed(branch, "origin/") ?? branch;
}
