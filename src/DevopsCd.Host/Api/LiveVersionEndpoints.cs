using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Deployments;
using DevopsCd.Host.Access;
using DevopsCd.Shared;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/live-versions</c>.</summary>
internal static class LiveVersionEndpoints
{
    public static void MapLiveVersions(this IEndpointRouteBuilder api) =>
        api.MapGet("/live-versions", ListAsync).Requires(Permissions.View, RightsOf.Listed).WithTags("Deployments")
            .Named("ListLiveVersions", "Show what runs where",
                "One row for each application, stage and cluster: what the last operation that succeeded there has brought, and what was found there instead.")
            .Answers(200, "One page of places, in the order in which they were first deployed to.");

    private static async Task<Ok<Page<LiveVersionView>>> ListAsync(
        [Description("The name of the application; without it all.")] string? app,
        [Description("The stage: `pre` or `prod`; without it both.")] string? stage,
        [Description("The name of the cluster; without it all.")] string? cluster,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, InView view, LiveVersions versions,
        CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(stage) && !Stages.TryForward(stage, out _))
            throw QueryValue.None("stage", stage, [.. Stages.Forward.Select(EnumNames<Stage>.Of)]);
        var filter = new LiveVersionFilter(app, string.IsNullOrEmpty(stage) ? null : EnumNames<Stage>.Value(stage), cluster, After: Paging.After(cursor));
        return TypedResults.Ok(await versions.PageAsync(view.Projects, filter, Paging.Limit(limit), cancellationToken));
    }
}
