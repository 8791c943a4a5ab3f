using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:k8s</c>: where the deploy service of the <c>http</c> driver is.</summary>
internal sealed class K8sOptions
{
    public const string Section = "core:k8s";

    /// <summary>Base address, for example <c>http://k8s-deploy-service:8080</c>.</summary>
    [ConfigurationKeyName("base_url")]
    public Uri? BaseUrl { get; init; }

    /// <summary>Sent as <c>X-API-Key</c>. A secret: never logged.</summary>
    [ConfigurationKeyName("api_key")]
    public string ApiKey { get; init; } = "";

    /// <summary>Bounds one call.</summary>
    [ConfigurationKeyName("call_timeout"), DurationRange("100ms", "5m")]
    public Duration CallTimeout { get; init; } = Duration.Seconds(10);
}
