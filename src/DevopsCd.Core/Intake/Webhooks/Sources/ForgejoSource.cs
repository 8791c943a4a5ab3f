namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Forgejo: Gitea's payloads under its own headers, and its own events of finished runs.</summary>
internal sealed class ForgejoSource : IWebhookSource
{
    public string Name => "forgejo";

    public bool SendsForms => true;

    // It sends Gitea's header as well; its own is the one that counts.
    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasSignatureOfContent(request, "X-Forgejo-Signature", secret);

    public string? DeliveryOf(WebhookRequest request) => request["X-Forgejo-Delivery"];

    public WebhookParseResult Read(WebhookRequest request) => request["X-Forgejo-Event"] is { } kind && kind.StartsWith("action_run_", StringComparison.Ordinal)
        ? ForgejoRun.Read(request.Json())
        : GitHubShape.Read("Forgejo", request["X-Forgejo-Event"], request.Json());
}
