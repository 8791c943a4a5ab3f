namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Forgejo: Gitea's payloads under its own headers.</summary>
internal sealed class ForgejoSource : IWebhookSource
{
    public string Name => "forgejo";

    // It sends Gitea's header as well; its own is the one that counts.
    public bool IsGenuine(WebhookRequest request, string secret) =>
        Genuine.IsHex(request["X-Forgejo-Signature"], Genuine.Hmac(secret, request.Body.Span));

    public string? DeliveryOf(WebhookRequest request) => request["X-Forgejo-Delivery"];

    public Reading Read(WebhookRequest request) => GitHubShape.Read(request["X-Forgejo-Event"], request.Json());
}
