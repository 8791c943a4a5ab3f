using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Core.Builds;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Drone's global webhook: HTTP signatures over <c>date</c> and <c>digest</c>.</summary>
internal sealed class DroneSource : IWebhookSource
{
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    public string Name => "drone";

    public bool IsGenuine(WebhookRequest request, string secret)
    {
        var signature = Parameters(request["Signature"]);
        if (signature.GetValueOrDefault("algorithm") != "hmac-sha256" || signature.GetValueOrDefault("headers") is not { } names)
            return false;

        // The digest ties the body to what is signed, the date bounds a replay: both have to be among the signed headers.
        var signed = names.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!signed.Contains("digest") || !signed.Contains("date"))
            return false;
        var body = $"SHA-256={Convert.ToBase64String(SHA256.HashData(request.Body.Span))}";
        var text = string.Join('\n', signed.Select(name => $"{name}: {request[name]}"));
        var expected = Convert.ToBase64String(WebhookSignature.Hmac(secret, Encoding.UTF8.GetBytes(text)));
        return WebhookSignature.IsText(request["Digest"], body) & WebhookSignature.IsText(signature.GetValueOrDefault("signature"), expected) & IsFresh(
            request);
    }

    public string? DeliveryOf(WebhookRequest request) => null;

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("event") != "build")
            return WebhookParseResult.Ignore($"event {json.Text("event")} does not report a build");
        if (json.Text("build.number") is not { } number)
            return WebhookParseResult.Ignore("a build without number");
        // Its target is the branch it wants to go into, not the one it holds; and nothing says whether it comes from a fork.
        var trigger = json.Text("build.event");
        if (trigger == "pull_request" || json.Text("build.ref")?.StartsWith("refs/pull", StringComparison.Ordinal) == true)
            return WebhookParseResult.Ignore("a build of a pull request");
        var tag = WebhookSignature.Prefixed(json.Text("build.ref"), "refs/tags/");
        var word = json.Text("build.status");
        var status = BuildStatusParser.Of(word);
        return WebhookParseResult.Of(new ReportedBuild
        {
            Application = json.Text("build.params.APPLICATION"),
            Repository = json.Text("repo.slug"),
            Branch = tag is null && (json.Text("build.target") ?? json.Text("build.source")) is { } branch ? GitRef.OfBranch(branch) : null,
            Tag = tag,
            Event = trigger,
            NotOfBranch = trigger is null or "tag" ? null : Triggers.WhyNot(trigger),
            Assumed = [.. Triggers.Said(trigger, "Drone"), .. BuildStatusParser.Assumed(word)],
            Number = number,
            Status = status,
            CommitId = json.Text("build.after"),
            CommitMessage = json.Text("build.message"),
            CommitAuthor = json.Text("build.author_login"),
            Image = json.Text("build.params.IMAGE"),
            ImageTag = json.Text("build.params.IMAGE_TAG") ?? tag,
            Link = json.Text("build.link"),
            FinishedAt = status == BuildStatus.Running ? null : json.Time("build.finished"),
        });
    }

    private static bool IsFresh(WebhookRequest request) =>
        DateTimeOffset.TryParse(request["Date"], CultureInfo.InvariantCulture, out var date) && (request.ReceivedAt - date).Duration() <= s_window;

    private static Dictionary<string, string> Parameters(string? header)
    {
        var result = new Dictionary<string, string>();
        foreach (var part in (WebhookSignature.Prefixed(header, "Signature ") ?? header ?? "").Split(','))
            if (part.IndexOf('=') is var equals and > 0)
                result[part[..equals].Trim()] = part[(equals + 1)..].Trim().Trim('"');
        return result;
    }
}
