namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Gitea: <c>workflow_run</c> and <c>package</c>.</summary>
internal sealed class GiteaSource : IWebhookSource
{
    public string Name => "gitea";

    public bool IsGenuine(WebhookRequest request, string secret) =>
        Genuine.IsHex(request["X-Gitea-Signature"], Genuine.Hmac(secret, request.Body.Span));

    public string? DeliveryOf(WebhookRequest request) => request["X-Gitea-Delivery"];

    public Reading Read(WebhookRequest request) => GitHubShape.Read(request["X-Gitea-Event"], request.Json());
}
