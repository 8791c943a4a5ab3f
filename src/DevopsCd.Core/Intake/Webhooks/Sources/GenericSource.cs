using System.Text.Json;

namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Any sender of JSON: the configuration says at which path each field stands.</summary>
internal sealed class GenericSource(WebhookOptions options) : IWebhookSource
{
    private readonly IReadOnlyDictionary<string, string> _fields = options.Source("generic")?.Fields ?? [];

    public string Name => "generic";

    public bool IsGenuine(WebhookRequest request, string secret) => Genuine.HasTokenOrSignature(request, secret);

    public string? DeliveryOf(WebhookRequest request) => request["X-Delivery-Id"];

    public Reading Read(WebhookRequest request)
    {
        var json = request.Json();
        if (Field("build_number") is not { } number)
            return Reading.Ignore($"no build number at '{PathOf("build_number")}'");
        var image = Field("image") is { } text ? ImageReference.Parse(text) : null;
        return Reading.Of(new ReportedBuild
        {
            Application = Field("application"),
            Repository = Field("repository"),
            Branch = Field("branch"),
            Tag = Field("tag"),
            Jobs = ReportedBuild.Named(Field("job")),
            Path = Field("path"),
            Number = number,
            Status = Statuses.Of(Field("status")),
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
