using DevopsCd.Shared.Http;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.Metadata;

namespace DevopsCd.Host.Api;

/// <summary>
/// Takes in the body of a request whose caller is known and within its limits: whole, at most 1 MiB, within a deadline of its own.
/// Routes read it from memory, and the time for their work starts when it is there.
/// </summary>
internal sealed class BodyIntake(RequestDelegate next, TimeProvider clock)
{
    public const int Largest = 1024 * 1024, TakenIn = Largest + WholeBody.Dropped;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public async Task InvokeAsync(HttpContext http)
    {
        // What is sent to no route of ours, or to one that takes no body, is not read.
        if (http.GetEndpoint()?.Metadata is { } route && route.GetMetadata<ApiRoute>() is not null && TakesBody(route) && WholeBody.MayFollow(http))
            await WholeBody.BufferAsync(http, Largest, s_patience, clock);
        await next(http);
    }

    public static void Describe(EndpointBuilder endpoint)
    {
        if (TakesBody(endpoint.Metadata))
            endpoint.Refuses(ProblemTypes.Unreadable, ProblemTypes.BodyTooSlow, ProblemTypes.BodyTooLarge, ProblemTypes.JsonRequired);
    }

    private static bool TakesBody(IEnumerable<object> route) => route.Any(metadata => metadata is IAcceptsMetadata or RawBody);
}
