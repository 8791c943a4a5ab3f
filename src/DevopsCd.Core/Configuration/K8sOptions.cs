using DevopsCd.Shared;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>Section <c>core:k8s</c>: where the deploy service of the <c>http</c> driver is.</summary>
internal sealed class K8sOptions
{
    public const string Section = "core:k8s";

    /// <summary>Base address, for example <c>http://k8s-deploy-service:8080</c>.</summary>
    [ConfigurationKeyName("base_url")]
    public Uri? BaseUrl { get; init; }

    /// <summary>Sent as <c>X-API-Key</c>, without the white space around it: secrets are mounted with a newline at their end. Never logged.</summary>
    [ConfigurationKeyName("api_key")]
    public string ApiKey { get; init => field = value.Trim(); } = "";

    /// <summary>Bounds one call.</summary>
    [ConfigurationKeyName("call_timeout"), DurationRange("100ms", "5m")]
    public Duration CallTimeout { get; init; } = Duration.Seconds(10);

    /// <summary>What no call could be made with, by its key; never with the value.</summary>
    /// <param name="needed">The driver calls the service, so there must be an address.</param>
    public IEnumerable<(string Key, string Allowed)> Problems(bool needed)
    {
        if (needed && BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            yield return ($"{Section}:base_url", "must be an http or https address, because core:deploy:driver is http");
        else if (BaseUrl is { IsAbsoluteUri: true } address && (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0))
            yield return ($"{Section}:base_url", "must be scheme, host, port and path only; credentials belong in api_key");
        if (!HeaderText.Fits(ApiKey))
            yield return ($"{Section}:api_key", HeaderText.Allowed);
    }

    /// <summary>What a service without authentication, or another driver, may well be meant by; and nobody else.</summary>
    public IEnumerable<string> Doubts(string driver)
    {
        if (driver == "http" && ApiKey.Length == 0)
            yield return $"{Section}:api_key is empty: calls to the deploy service carry no credential, which is right only for one that asks for none";
        if (driver != "http" && (BaseUrl is not null || ApiKey.Length > 0))
            yield return $"{Section} has no effect: {DeployOptions.Section}:driver is {driver}, which calls no deploy service; http does";
    }
}
