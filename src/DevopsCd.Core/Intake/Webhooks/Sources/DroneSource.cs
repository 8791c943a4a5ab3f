using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevopsCd.Contracts;

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
        var expected = Convert.ToBase64String(Genuine.Hmac(secret, Encoding.UTF8.GetBytes(text)));
        return Genuine.IsText(request["Digest"], body) & Genuine.IsText(signature.GetValueOrDefault("signature"), expected) & IsFresh(request);
    }

    public string? DeliveryOf(WebhookRequest request) => null;

    public Reading Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("event") != "build")
            return Reading.Ignore($"event {json.Text("event")} tells of no build");
        // Its target is the branch it wants to go into, not the one it holds.
        if (json.Text("build.event") == "pull_request")
            return Reading.Ignore("a build of a pull request");
        if (json.Text("build.number") is not { } number)
            return Reading.Ignore("a build without number");
        var reference = json.Text("build.ref") ?? "";
        var tag = Genuine.Prefixed(reference, "refs/tags/");
        var status = Statuses.Of(json.Text("build.status"));
        return Reading.Of(new ReportedBuild
        {
            Application = json.Text("build.params.APPLICATION"),
            Repository = json.Text("repo.slug"),
            Branch = tag is null ? json.Text("build.target") ?? json.Text("build.source") : null,
            Tag = tag,
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
        foreach (var part in (Genuine.Prefixed(header, "Signature ") ?? header ?? "").Split(','))
            if (part.IndexOf('=') is var equals and > 0)
                result[part[..equals].Trim()] = part[(equals + 1)..].Trim().Trim('"');
        return result;
    }
}
