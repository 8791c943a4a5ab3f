using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>GitLab pipeline events; the signature of Standard Webhooks, or the older plain token.</summary>
internal sealed class GitLabSource : IWebhookSource
{
    private const string KeyPrefix = "whsec_";

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    public string Name => "gitlab";

    // A signing secret is never accepted as a plain token: it would travel in clear.
    public bool IsGenuine(WebhookRequest request, string secret) => secret.StartsWith(KeyPrefix, StringComparison.Ordinal)
        ? IsSigned(request, secret)
        : Genuine.IsText(request["X-Gitlab-Token"], secret);

    public string? DeliveryOf(WebhookRequest request) =>
        request["webhook-id"] ?? request["Idempotency-Key"] ?? request["X-Gitlab-Event-UUID"];

    public Reading Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("object_kind") != "pipeline")
            return Reading.Ignore($"{json.Text("object_kind") ?? "it"} is no pipeline");
        if (json.Text("merge_request.source_project_id") is { } from && from != json.Text("merge_request.target_project_id"))
            return Reading.Ignore("a pipeline for a fork's merge request");
        if (json.Text("object_attributes.source") == "external_pull_request_event")
            return Reading.Ignore("a pipeline for a pull request elsewhere");
        if ((json.Text("object_attributes.iid") ?? json.Text("object_attributes.id")) is not { } number)
            return Reading.Ignore("a pipeline without number");

        var isTag = json.At("object_attributes.tag") is { ValueKind: JsonValueKind.True };
        var status = Statuses.Of(json.Text("object_attributes.status"));
        return Reading.Of(new ReportedBuild
        {
            Repository = json.Text("project.path_with_namespace"),
            Branch = isTag ? null : json.Text("object_attributes.ref"),
            Tag = isTag ? json.Text("object_attributes.ref") : null,
            Jobs = [.. json.Items("builds").Select(b => b.Text("name")).OfType<string>().Order(StringComparer.Ordinal)],
            Number = number,
            Status = status,
            CommitId = json.Text("object_attributes.sha"),
            CommitMessage = json.Text("commit.message"),
            CommitAuthor = json.Text("commit.author.name"),
            Link = json.Text("object_attributes.url"),
            FinishedAt = status == BuildStatus.Running ? null : json.Time("object_attributes.finished_at"),
        });
    }

    private static bool IsSigned(WebhookRequest request, string secret)
    {
        if (request["webhook-id"] is not { } id || request["webhook-timestamp"] is not { } timestamp || request["webhook-signature"] is not { } signatures)
            return false;
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ||
            seconds > 100_000_000_000 || (request.ReceivedAt - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > s_window)
            return false;

        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. request.Body.Span];
        var expected = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[KeyPrefix.Length..]), signed))}";
        var genuine = false;
        foreach (var signature in signatures.Split(' '))
            genuine |= Genuine.IsText(signature, expected);
        return genuine;
    }
}
