namespace DevopsCd.Core.Intake.Webhooks.Sources;

/// <summary>Gitea: <c>workflow_run</c> and <c>package</c>.</summary>
internal sealed class GiteaSource : IWebhookSource
{
    public string Name => "gitea";

    public bool SendsForms => true;

    public bool IsGenuine(WebhookRequest request, string secret) => WebhookSignature.HasSignatureOfContent(request, "X-Gitea-Signature", secret);

    public string? DeliveryOf(WebhookRequest request) => request["X-Gitea-Delivery"];

    public WebhookParseResult Read(WebhookRequest request) => GitHubShape.Read("Gitea", request["X-Gitea-Event"], request.Json());
}
