namespace DevopsCd.Host.Access.Proxies;

/// <summary>Remembers whether a trusted proxy has sent a request, before its address gives way to that of the client.</summary>
internal sealed class ProxyPeer(RequestDelegate next, TrustedProxies proxies)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (proxies.Contains(http.Connection.RemoteIpAddress))
            http.Features.Set(Trusted.Proxy);
        return next(http);
    }

    public static bool IsTrusted(HttpContext http) => http.Features.Get<Trusted>() is not null;

    private sealed class Trusted
    {
        public static Trusted Proxy { get; } = new();
    }
}
