using DevopsCd.Core.Access;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;

namespace DevopsCd.Host.Access;

/// <summary>The permission that a route needs. A route below <c>/api/v1</c> has one, or says that its callers prove themselves.</summary>
/// <param name="Permission">The permission; of a batch's event, to view the batch.</param>
/// <param name="Of">Where it is needed.</param>
internal sealed record Requirement(string Permission, RightsOf Of);

/// <summary>How routes say what they need.</summary>
internal static class Requirements
{
    public static RouteHandlerBuilder Requires(this RouteHandlerBuilder route, string permission, RightsOf of) => Permissions.IsKnown(permission)
        ? route.WithMetadata(new Requirement(permission, of))
        : throw new ArgumentException($"'{permission}' is no permission", nameof(permission));

    /// <summary>The route needs no right.</summary>
    /// <param name="route">The route.</param>
    /// <param name="isLoginNeeded">Only who is logged in gets in, for what is their own.</param>
    public static RouteHandlerBuilder ProvesItself(this RouteHandlerBuilder route, bool isLoginNeeded = false) =>
        route.WithMetadata(new ProvesItself(isLoginNeeded));

    public static void Describe(EndpointBuilder endpoint)
    {
        // What may not be viewed is not there: the route declares that of itself.
        if (endpoint.Metadata.OfType<Requirement>().Any(r => r is not
            {
                Permission: Permissions.View, Of: RightsOf.Batch or RightsOf.Application
            or RightsOf.Build or RightsOf.Notification or RightsOf.Project
            }))
            endpoint.Refuses(ProblemTypes.Forbidden);
    }
}
