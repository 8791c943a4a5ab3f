using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Routing;

namespace DevopsCd.Host.Api;

/// <summary>
/// Every route that changes something knows <c>Idempotency-Key</c> and <c>If-Match</c>. Handlers that take them as parameters act on them
/// themselves; for all others it is decided here which filter does.
/// </summary>
internal static class ChangeHeaders
{
    public static void Describe(EndpointBuilder endpoint)
    {
        if (!IsChange(endpoint))
            return;
        if (!Knows(endpoint, IdempotencyKey.Header))
        {
            endpoint.Metadata.Add(new Keyed());
            endpoint.Metadata.Add(IdempotencyKey.Header);
            // A route that takes nothing but its address can be sent in one way only; those that take more declare wrong input already.
            endpoint.Refuses(ProblemTypes.KeyInUse);
        }
        if (!Knows(endpoint, IfMatch.Header))
        {
            endpoint.Metadata.Add(new Stateless());
            endpoint.Metadata.Add(StatelessCheck.Header);
            endpoint.Refuses(ProblemTypes.Changed);
        }
    }

    private static bool IsChange(EndpointBuilder endpoint) =>
        !endpoint.Metadata.OfType<Unkeyed>().Any()
            && !endpoint.Metadata.OfType<IHttpMethodMetadata>().SelectMany(methods => methods.HttpMethods).Any(HttpMethods.IsGet);

    private static bool Knows(EndpointBuilder endpoint, RequestHeader header) =>
        endpoint.Metadata.OfType<RequestHeader>().Any(known => known.Name == header.Name);
}
