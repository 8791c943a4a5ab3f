using System.Net;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;

namespace DevopsCd.Host.Access;

/// <summary>
/// In mode <c>local</c> whoever connects is an administrator, so only names of this machine are answered. Any web page can make its own name
/// lead to 127.0.0.1 and would then be of one origin with this service (DNS rebinding); the name it uses gives it away.
/// </summary>
internal sealed class LocalHosts(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http) => IsLocal(http.Request.Host.Host)
        ? next(http)
        : Problems.Of(ProblemTypes.Misdirected, "This service answers for localhost, 127.0.0.0/8 and [::1] only, because core:auth:mode is local.")
            .ExecuteAsync(http);

    public static void Describe(EndpointBuilder endpoint) => endpoint.Refuses(ProblemTypes.Misdirected);

    /// <summary>Whether a name in a <c>Host</c> header, without the port, is this machine's own.</summary>
    public static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IsLiteral(host, address) && IPAddress.IsLoopback(address));

    // Other spellings of an address, such as 2130706433 or 127.1, are no names a client of ours sends.
    private static bool IsLiteral(string host, IPAddress address) =>
        host == (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : $"{address}");
}
