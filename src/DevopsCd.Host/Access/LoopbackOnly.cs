using System.Net;
using System.Net.Sockets;
using DevopsCd.Core.Data;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DevopsCd.Host.Access;

/// <summary>Mode <c>local</c> is for one machine: the server does not start when it would listen on anything else.</summary>
internal static class LoopbackOnly
{
    /// <summary>Looks at every address as the server has understood it, whatever key it came from, before any is listened on.</summary>
    public static void Require(KestrelServerOptions kestrel) => kestrel.ConfigureEndpointDefaults(listen =>
    {
        if (listen.EndPoint is not (UnixDomainSocketEndPoint or IPEndPoint) || (listen.EndPoint is IPEndPoint ip && !IPAddress.IsLoopback(ip.Address)))
            throw new StartRefusedException($"""
                {AuthOptions.ModeKey} is {AccessModes.Local}, the default: nobody logs in and whoever connects is an administrator.
                So it listens on loopback only, and not on {listen}.
                Choose how people are known, or listen on http://127.0.0.1:5080 (key urls):
                  {AuthOptions.ModeKey}={AccessModes.Password}  accounts in the database; the first start logs a link that makes the first one
                  {AuthOptions.ModeKey}={AccessModes.Oidc}      an OpenID Connect provider, by the keys below {Oidc.OidcOptions.Section}
                  {AuthOptions.ModeKey}={AccessModes.Proxy}     a proxy that logs people in, listed in {AuthOptions.Section}:trusted_proxies
                """);
    });
}
