using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;

namespace DevopsCd.Host.Api;

/// <summary>What happens before a handler is described by whoever does it, from the same metadata that it acts on.</summary>
internal static class ApiConventions
{
    public static void Describe(EndpointBuilder endpoint)
    {
        endpoint.Refuses(ProblemTypes.Unavailable);
        LocalHosts.Describe(endpoint);
        SameOrigin.Describe(endpoint);
        QueryCheck.Describe(endpoint);
        OperatorCheck.Describe(endpoint);
        Requirements.Describe(endpoint);
        CallerCheck.Describe(endpoint);
        BodyIntake.Describe(endpoint);
        ChangeHeaders.Describe(endpoint);
        AddressFilter.Describe(endpoint);
        if (!endpoint.Metadata.OfType<Lasting>().Any()
            && endpoint.Metadata.OfType<IHttpMethodMetadata>().SelectMany(methods => methods.HttpMethods).Any(HttpMethods.IsGet))
            EntityTags.Describe(endpoint);
        if (endpoint.Metadata.OfType<EnableRateLimitingAttribute>().Any())
            endpoint.Refuses(ProblemTypes.TooManyRequests);
    }
}
