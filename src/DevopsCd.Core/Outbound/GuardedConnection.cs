using System.Net;

namespace DevopsCd.Core.Outbound;

/// <summary>
/// Connects to public addresses, and to others only of hosts that an operator has listed. The check is where the connection is made, so
/// that a name cannot resolve to one address for the check and to another for the call.
/// </summary>
/// <param name="network">Names and connections.</param>
/// <param name="listed">The operator's hosts, as <see cref="OutboundPolicy.IsListed" /> reads them.</param>
/// <param name="key">The key that lists them, for the refusal.</param>
internal sealed class GuardedConnection(OutboundNetwork network, IReadOnlyCollection<string> listed, string key)
{
    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback" />.</summary>
    /// <exception cref="OutboundRefusedException">The host has no address that may be called.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var resolved = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await network.ResolveAsync(host, cancellationToken);
        var usable = IsProxy(context) || OutboundPolicy.IsListed(host, port, listed) ? resolved : resolved.Where(AddressGuard.IsPublic).ToArray();
        if (resolved.Length > 0 && usable.Length == 0)
            throw new OutboundRefusedException($"{host} has no public address; {key} can list it");
        return await network.ConnectAsync(usable, port, cancellationToken);
    }

    /// <summary>An operator has named the proxy by the environment, and it is where it is.</summary>
    private static bool IsProxy(SocketsHttpConnectionContext context) =>
        context.InitialRequestMessage.RequestUri is { } asked && HttpClient.DefaultProxy.GetProxy(asked) is { } proxy
        && (proxy.IdnHost, proxy.Port) == (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
}
