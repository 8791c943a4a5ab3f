using System.Collections.Concurrent;
using DevopsCd.Shared;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>
/// Refuses a query parameter that the route does not have: whoever misspells a filter must not take the whole list for its result.
/// Probes and scrapers, whose addresses are not below <c>/api/v1</c>, may add what they like.
/// </summary>
internal sealed class QueryCheck(RequestDelegate next)
{
    private readonly ConcurrentDictionary<Endpoint, string[]> _known = new();

    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Query.Count == 0 || http.GetEndpoint() is not { } route || route.Metadata.GetMetadata<ApiRoute>() is null)
            return next(http);
        var known = _known.GetOrAdd(route, Parameters);
        var unknown = http.Request.Query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            .ToDictionary(name => name, name => new[] { Why(name, known) });
        return unknown.Count == 0
            ? next(http)
            : Problems.Of(ProblemTypes.UnknownParameter, Sentence.Join(unknown.Select(Sentence (p) => $"{p.Key}: {p.Value[0]}")),
                say => Refusals.Errors(unknown, say)).ExecuteAsync(http);
    }

    public static void Describe(EndpointBuilder endpoint) => endpoint.Refuses(ProblemTypes.UnknownParameter);

    private static string[] Parameters(Endpoint route) =>
    [
        .. route.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(p => p.HasTryParse || p.ParameterInfo.ParameterType == typeof(string))
            .Select(p => p.Name)
            .Where(name => (route as RouteEndpoint)?.RoutePattern.GetParameter(name) is null)
    ];

    private static Sentence Why(string name, string[] known)
    {
        if (known.Length == 0)
            return "this address accepts no query parameters";
        var all = string.Join(", ", known);
        return NearestName.Of(name, known) is { } near
            ? (Sentence)$"is not known here; known: {all}; did you mean {near}?"
            : (Sentence)$"is not known here; known: {all}";
    }
}
