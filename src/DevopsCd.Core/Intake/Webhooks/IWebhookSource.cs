namespace DevopsCd.Core.Intake.Webhooks;

/// <summary>One kind of sender. A new one is one file and one line in <see cref="WebhookRegistration" />.</summary>
internal interface IWebhookSource
{
    /// <summary>Its name in the path and in the configuration.</summary>
    string Name { get; }

    /// <summary>Whether it sends its JSON also as the field <c>payload</c> of a form.</summary>
    bool SendsForms => false;

    /// <summary>Whether its JSON may be a list.</summary>
    bool SendsLists => false;

    /// <summary>Whether the bytes come from somebody who knows the secret. Compared in constant time, before anything is parsed.</summary>
    bool IsGenuine(WebhookRequest request, string secret);

    /// <summary>The sender's id of this delivery; null where it has none, then the content is the id.</summary>
    string? DeliveryOf(WebhookRequest request);

    /// <summary>What it says. Thrown exceptions of reading JSON mean: not understood.</summary>
    WebhookParseResult Read(WebhookRequest request);
}
