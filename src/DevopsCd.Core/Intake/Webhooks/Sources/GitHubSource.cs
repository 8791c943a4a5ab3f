namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>GitHub: <c>workflow_run</c>, <c>registry_package</c>.</summary>
internal sealed class GitHubSource : IWebhookSource
{
    public string Name => "github";

    public bool SendsForms => true;

    public bool IsGenuine(WebhookRequest request, string secret) =>
        WebhookSignature.IsHex(WebhookSignature.Prefixed(request["X-Hub-Signature-256"], "sha256="), WebhookSignature.Hmac(secret, request.Body.Span));

    public string? DeliveryOf(WebhookRequest request) => request["X-GitHub-Delivery"];

    public WebhookParseResult Read(WebhookRequest request) => GitHubShape.Read("GitHub", request["X-GitHub-Event"], request.Json());
}
