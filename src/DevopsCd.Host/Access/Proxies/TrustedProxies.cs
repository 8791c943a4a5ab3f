using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using IPNetwork = System.Net.IPNetwork;

namespace DevopsCd.Host.Access.Proxies;

/// <summary>
/// The proxies of the configuration. What they say of a request – its client, its scheme, its host, and in mode <c>proxy</c> its person – is
/// believed; what anybody else says is not.
/// </summary>
/// <param name="Networks">Their networks.</param>
internal sealed record TrustedProxies(IReadOnlyList<IPNetwork> Networks)
{
    public static TrustedProxies Of(AuthOptions options) => new([.. options.TrustedProxies.Select(text => TryParse(text, out var network)
        ? network
        : throw new ArgumentException($"'{text}' is no network", nameof(options)))]);

    /// <summary>Reads an address or a network such as <c>10.0.0.0/8</c>.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPNetwork.TryParse(text, out network))
            return true;
        if (!IPAddress.TryParse(text, out var address))
            return false;
        network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return true;
    }

    public bool Contains(IPAddress? address) => address is not null
        && Networks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    public void Configure(ForwardedHeadersOptions forwarded)
    {
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        // The framework believes everybody when it knows nobody.
        forwarded.ForwardedHeaders = Networks.Count == 0 ? ForwardedHeaders.None
            : ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        // As many proxies as there are, as long as each is known.
        forwarded.ForwardLimit = null;
        foreach (var network in Networks)
            forwarded.KnownIPNetworks.Add(network);
    }
}
