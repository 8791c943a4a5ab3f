using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;
using Serilog.Context;

namespace DevopsCd.Host.Access;

/// <summary>
/// Finds out who sends a request, once, in front of everything that acts on it. Without a login, that is whoever the header says, or the
/// user this process runs as; both may do everything. Else it is who has logged in, and whoever has not gets no further.
/// </summary>
internal sealed class CallerCheck(RequestDelegate next, AuthOptions options)
{
    public async Task InvokeAsync(HttpContext http)
    {
        var route = http.GetEndpoint()?.Metadata;
        var isApi = route?.GetMetadata<ApiRoute>() is not null;
        if (isApi && !options.IsLocal && OperatorCheck.Read(http) is not null)
        {
            await Problems.Of(ProblemTypes.OperatorNotTaken,
                $"The header {OperatorCheck.Header} names the caller only where nobody logs in. Here the caller is who has logged in; leave the header out.").ExecuteAsync(http);
            return;
        }
        if (isApi && !options.IsLocal && TokenText.IsIn($"{http.Request.Path}{http.Request.QueryString}"))
        {
            await Problems.Of(ProblemTypes.TokenInAddress,
                "Send a token as Authorization: Bearer, never in an address. Revoke this one, because addresses are kept in logs.").ExecuteAsync(http);
            return;
        }
        if (options.Has(AccessModes.Proxy) && ProxyHandler.Names(http.Request, options.Proxy) && !ProxyPeer.IsTrusted(http))
        {
            await Problems.Of(ProblemTypes.ProxyNotTrusted,
                $"The headers {options.Proxy.UserHeader} and {options.Proxy.GroupsHeader} are taken from trusted proxies only "
                + $"({AuthOptions.Section}:trusted_proxies).").ExecuteAsync(http);
            return;
        }
        var subject = !options.IsLocal ? Identities.Subject(http.User) : isApi ? Local(http, route!) : null;
        if (subject is null && !options.IsLocal && (isApi || route?.GetMetadata<LoginNeeded>() is not null)
            && route?.GetMetadata<ProvesItself>() is not { IsLoginNeeded: false })
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"DevopsCd\"";
            await Problems.Of(ProblemTypes.LoginRequired, "Log in, or send an API token as Authorization: Bearer.").ExecuteAsync(http);
            return;
        }
        if (subject is null && !options.IsLocal && route?.GetMetadata<PageRoute>() is not null)
        {
            LogInFirst(http);
            return;
        }
        if (subject is not null)
            Caller.Is(http, subject);
        using (LogContext.PushProperty("Operator", subject?.Operator))
            await next(http);
    }

    public static void Describe(EndpointBuilder endpoint)
    {
        endpoint.Refuses(ProblemTypes.OperatorNotTaken, ProblemTypes.TokenInAddress, ProblemTypes.ProxyNotTrusted);
        if (!endpoint.Metadata.OfType<ProvesItself>().Any(proof => !proof.IsLoginNeeded))
            endpoint.Refuses(ProblemTypes.LoginRequired);
    }

    /// <summary>Who opens a page is led to the login, and back; a page that is open already only learns that it is over.</summary>
    private static void LogInFirst(HttpContext http)
    {
        if (HttpMethods.IsGet(http.Request.Method) && http.GetEndpoint()?.Metadata.GetMetadata<PageConnection>() is null)
            http.Response.Redirect(LoginPages.LoginFor($"{http.Request.Path}{http.Request.QueryString}"));
        else
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }

    private static Subject Local(HttpContext http, EndpointMetadataCollection route) => Named(http, route) with { Grants = LocalAccess.Everything };

    private static Subject Named(HttpContext http, EndpointMetadataCollection route) =>
        OperatorCheck.Person(http) is { } person ? Subject.User(person)
        : route.GetMetadata<AllowSystemCaller>() is not null ? Subject.DeploySystem
        : Subject.User(OperatorCheck.OfMachine);
}
