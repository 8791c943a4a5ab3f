using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Core.Builds;

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
        : WebhookSignature.IsText(request["X-Gitlab-Token"], secret);

    // X-Gitlab-Event-UUID is shared by all events that one webhook set off, so it is no delivery's id.
    public string? DeliveryOf(WebhookRequest request) => request["webhook-id"] ?? request["Idempotency-Key"];

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        if (json.Text("object_kind") != "pipeline")
            return WebhookParseResult.Ignore($"{json.Text("object_kind") ?? "it"} is not a pipeline");
        if (json.Text("merge_request.source_project_id") is { } from && from != json.Text("merge_request.target_project_id"))
            return WebhookParseResult.Ignore("a pipeline for a fork's merge request");
        if (json.Text("object_attributes.source") == "external_pull_request_event")
            return WebhookParseResult.Ignore("a pipeline for a pull request elsewhere");
        if ((json.Text("object_attributes.iid") ?? json.Text("object_attributes.id")) is not { } number)
            return WebhookParseResult.Ignore("a pipeline without number");

        var isTag = json.At("object_attributes.tag") is { ValueKind: JsonValueKind.True };
        var word = json.Text("object_attributes.status");
        var status = BuildStatusParser.Of(word);
        var failed = status == BuildStatus.Success ? null : OnlyDeployed(json, word);
        if (failed is not null)
            status = BuildStatus.Success;
        var trigger = json.Text("object_attributes.source");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Repository = json.Text("project.path_with_namespace"),
            Branch = isTag || json.Text("object_attributes.ref") is not { } branch ? null : GitRef.OfBranch(branch),
            Tag = isTag ? json.Text("object_attributes.ref") : null,
            Event = trigger,
            NotOfBranch = NotOfBranch(json, trigger),
            Assumed = [.. Triggers.Said(trigger, "GitLab"), .. BuildStatusParser.Assumed(word), .. failed is null ? (string[])[] : [failed]],
            Jobs = [.. json.Items("builds").Select(b => b.Text("name")).OfType<string>().Order(StringComparer.Ordinal)],
            Number = number,
            Status = status,
            CommitId = json.Text("object_attributes.sha"),
            CommitMessage = json.Text("commit.message"),
            CommitAuthor = json.Text("commit.author.name"),
            Link = json.Text("object_attributes.url"),
            FinishedAt = status == BuildStatus.Running ? null
                : failed is not null ? Built(json).Select(b => b.Time("finished_at")).Max()
                : json.Time("object_attributes.finished_at") ?? json.Items("builds").Select(b => b.Time("finished_at")).Max(),
        });
    }

    private static string? NotOfBranch(JsonElement json, string? trigger)
    {
        if (trigger == "merge_request_event" || json.At("merge_request") is { ValueKind: JsonValueKind.Object })
            return $"built for the merge request {(json.Text("merge_request.iid") is { } iid ? $"!{iid}" : "it names")}, not from the branch";
        if (trigger is not null && Triggers.WhyNot(trigger) is { } why)
            return why;
        var jobs = json.Items("builds").ToList();
        return jobs.Count > 0 && jobs.TrueForAll(Deploys) ? "every job of the pipeline deploys, none builds" : null;
    }

    /// <summary>
    /// What to say of a pipeline that did not end well although everything but its deployments did; null where something that may have made the
    /// image did not. What a deployment comes to says nothing of the image.
    /// </summary>
    private static string? OnlyDeployed(JsonElement json, string? word)
    {
        if (word is not ("failed" or "canceled" or "manual"))
            return null;
        var built = Built(json);
        var deployments = json.Items("builds").Where(job => Deploys(job) && job.Text("status") == word)
            .Select(job => job.Text("name")).OfType<string>().Order(StringComparer.Ordinal).ToList();
        return deployments.Count > 0 && built.Exists(job => job.Text("status") == "success") && built.TrueForAll(HasNotFailed)
            ? $"the pipeline is '{word}' by jobs that deploy ({string.Join(", ", deployments.Take(10))}); the others made the image"
            : null;
    }

    private static List<JsonElement> Built(JsonElement json) => [.. json.Items("builds").Where(job => !Deploys(job))];

    private static bool HasNotFailed(JsonElement job) => job.Text("status") is "success" or "skipped" or "manual" ||
        (job.Text("status") == "failed" && job.At("allow_failure") is { ValueKind: JsonValueKind.True });

    // A job may name an environment only for its variables.
    private static bool Deploys(JsonElement job) =>
        job.Text("environment.name") is not null && job.Text("environment.action") is not ("prepare" or "verify" or "access");

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
            genuine |= WebhookSignature.IsText(signature, expected);
        return genuine;
    }
}
