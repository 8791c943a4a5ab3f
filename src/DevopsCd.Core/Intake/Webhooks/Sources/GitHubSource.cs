namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>GitHub: <c>workflow_run</c>, <c>registry_package</c>.</summary>
internal sealed class GitHubSource : IWebhookSource
{
    public string Name => "github";

    public bool IsGenuine(WebhookRequest request, string secret) =>
        Genuine.IsHex(Genuine.Prefixed(request["X-Hub-Signature-256"], "sha256="), Genuine.Hmac(secret, request.Body.Span));

    public string? DeliveryOf(WebhookRequest request) => request["X-GitHub-Delivery"];

    public Reading Read(WebhookRequest request) => GitHubShape.Read(request["X-GitHub-Event"], request.Json());
}
