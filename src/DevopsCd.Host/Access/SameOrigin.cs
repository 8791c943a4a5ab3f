using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Access;

/// <summary>
/// Refuses what another site makes a browser send: a browser adds by itself what proves its user, so a request that changes something must
/// come from a page of this service. Browsers say where it comes from; programs say nothing, and prove themselves by what no browser adds.
/// </summary>
internal sealed class SameOrigin(RequestDelegate next)
{
    private const string FetchSite = "Sec-Fetch-Site";

    public Task InvokeAsync(HttpContext http) => (http.GetEndpoint()?.Metadata.GetMetadata<PageConnection>() is null
            ? IsSafe(http.Request.Method) || IsFromHere(http.Request, isProofNeeded: IsByBrowser(http))
            : IsFromPageOfThisHost(http.Request))
        ? next(http)
        : Problems.Of(ProblemTypes.CrossSite, "A page of another site sent this request. "
            + "Send it from a page of this service, or from a program, which sends no Origin.")
            .ExecuteAsync(http);

    public static void Describe(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().SelectMany(methods => methods.HttpMethods).Any(method => !IsSafe(method)))
            endpoint.Refuses(ProblemTypes.CrossSite);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    /// <summary>
    /// Browsers let any page open a WebSocket to any host, and always say which page it is. The scheme is not compared: in front of this service
    /// it may be another one.
    /// </summary>
    private static bool IsFromPageOfThisHost(HttpRequest request) => request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && page.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private static bool IsByBrowser(HttpContext http) =>
        http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket?.AuthenticationScheme is SessionCookie.Scheme or ProxyHandler.SchemeName;

    private static bool IsFromHere(HttpRequest request, bool isProofNeeded) => request.Headers[FetchSite].ToString() switch
    {
        "same-origin" => true,
        // Typed into the address bar, or not said: then a page would have sent its origin. Who comes with a cookie has to say it.
        "none" or "" => request.Headers.Origin.ToString() is { Length: > 0 } origin ? origin.Equals($"{request.Scheme}://{request.Host}",
            StringComparison.OrdinalIgnoreCase) : !isProofNeeded,
        _ => false
    };
}
