
namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Any sender of JSON: the configuration says at which path each field stands.</summary>
internal sealed class GenericSource(WebhookOptions options) : IWebhookSource
{
    /// <summary>What a sender can say of a build.</summary>
    public static readonly IReadOnlyList<string> Fields =
    [
        "application", "repository", "branch", "tag", "event", "job", "path", "build_number", "attempt", "status",
        "commit_id", "commit_message", "commit_author", "image", "image_tag", "image_digest", "link", "finished_at",
    ];

    private readonly IReadOnlyDictionary<string, string> _fields = options.Source("generic")?.Fields ?? [];

    public string Name => "generic";

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasTokenOrSignature(request, secret);

    public string? DeliveryOf(WebhookRequest request) => request["X-Delivery-Id"];

    public WebhookParseResult Read(WebhookRequest request)
    {
        var json = request.Json();
        if (Field("build_number") is not { } number)
            return WebhookParseResult.Ignore($"no build number at '{PathOf("build_number")}'");
        var image = Field("image") is { } text ? ImageReference.Parse(text) : null;
        var trigger = Field("event");
        return WebhookParseResult.Of(new ReportedBuild
        {
            Application = Field("application"),
            Repository = Field("repository"),
            Branch = Field("branch"),
            Event = trigger,
            NotOfBranch = trigger is null ? null : Triggers.WhyNot(trigger),
            Assumed = [.. trigger is null ? [] : Triggers.Said(trigger, Name), .. BuildStatusParser.Assumed(Field("status"))],
            Tag = Field("tag"),
            Jobs = ReportedBuild.Named(Field("job")),
            Path = Field("path"),
            Number = number,
            Attempt = json.Number(PathOf("attempt")) is { } attempt and > 0 ? attempt : 1,
            Status = BuildStatusParser.Of(Field("status")),
            CommitId = Field("commit_id"),
            CommitMessage = Field("commit_message"),
            CommitAuthor = Field("commit_author"),
            Image = image?.Name,
            ImageTag = Field("image_tag") ?? image?.Tag,
            Digest = Field("image_digest") ?? image?.Digest,
            Link = Field("link"),
            FinishedAt = json.Time(PathOf("finished_at")),
        });

        string? Field(string name) => json.Text(PathOf(name));
    }

    private string PathOf(string field) => _fields.GetValueOrDefault(field, field);
}
