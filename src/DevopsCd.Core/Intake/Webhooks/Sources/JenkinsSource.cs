using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Jenkins' Notification plugin; a token in a header, because the plugin signs nothing.</summary>
internal sealed partial class JenkinsSource : IWebhookSource
{
    public string Name => "jenkins";

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasToken(request, secret);

    public string? DeliveryOf(WebhookRequest request) => null;

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        var phase = json.Text("build.phase");
        if (phase is not ("STARTED" or "FINALIZED"))
            return WebhookParseResult.Ignore($"phase {phase} is neither the start nor the end");
        if (json.Text("build.number") is not { } number)
            return WebhookParseResult.Ignore("a build without number");
        var ended = phase == "FINALIZED";
        var branch = json.Text("build.scm.branch");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Application = json.Text("build.parameters.APPLICATION"),
            Repository = json.Text("build.scm.url"),
            Branch = branch,
            NotOfBranch = branch is not null && RequestBranch().IsMatch(branch) ? $"'{branch}' is a pull request's build" : null,
            Assumed = ended ? BuildStatusParser.Assumed(json.Text("build.status")) : [],
            Jobs = ReportedBuild.Named(json.Text("name")),
            Number = number,
            Status = ended ? BuildStatusParser.Of(json.Text("build.status")) : BuildStatus.Running,
            CommitId = json.Text("build.scm.commit"),
            CommitAuthor = json.Items("build.scm.culprits").FirstOrDefault() is { ValueKind: JsonValueKind.String } culprit ? culprit.GetString() : null,
            Image = json.Text("build.parameters.IMAGE"),
            ImageTag = json.Text("build.parameters.IMAGE_TAG"),
            Link = json.Text("build.full_url"),
            // Of the phase, which at the last one is when it had finished; in milliseconds.
            FinishedAt = ended ? json.Time("build.timestamp") : null,
        });
    }

    // The names that multibranch jobs give to requests.
    [GeneratedRegex(@"^(PR|MR|CHANGE)-[0-9]+(-(head|merge))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex RequestBranch();
}
