using System.Net;

namespace DevopsCd.DeployService.Kubernetes;

/// <summary>Tells an API server that cannot do its work just now from one that has done it and says what is wrong.</summary>
internal static class ServerTrouble
{
    /// <summary>What an API server writes into a 500 when its own store or a connection of its own is in trouble.</summary>
    private static readonly string[] s_ownTrouble =
        ["etcdserver", "etcd", "rpc error", "context deadline exceeded", "leader changed", "timed out", "transport is closing", "connection refused",
            "connection reset", "client connection lost"];

    /// <summary>Whether the same call may be answered otherwise a moment later. A webhook that fails is not the API server's own trouble.</summary>
    public static bool IsPassing(HttpStatusCode status, string answer) => status switch
    {
        HttpStatusCode.TooManyRequests => true,
        HttpStatusCode.InternalServerError => !IsStatus(answer)
            || !answer.Contains("webhook", StringComparison.Ordinal) && s_ownTrouble.Any(t => answer.Contains(t, StringComparison.OrdinalIgnoreCase)),
        > HttpStatusCode.InternalServerError => true,
        _ => false
    };

    /// <summary>The name of a failure that the API server's own reason hides.</summary>
    public static string? NameOf(string? message) => message switch
    {
        null => null,
        _ when message.Contains("denied the request", StringComparison.Ordinal)
            && message.StartsWith("admission webhook", StringComparison.Ordinal) => "AdmissionDenied",
        _ when message.Contains("failed calling", StringComparison.Ordinal)
            && message.Contains("webhook", StringComparison.Ordinal) => "AdmissionWebhookFailed",
        _ => null
    };

    /// <summary>The API server's own words, not those of a proxy before it.</summary>
    private static bool IsStatus(string answer) => answer.Contains("\"Status\"", StringComparison.Ordinal);
}
