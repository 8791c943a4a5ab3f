using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/builds</c>.</summary>
internal static class BuildEndpoints
{
    public static void MapBuilds(this IEndpointRouteBuilder api)
    {
        var builds = api.MapGroup("/builds").WithTags("Builds");
        builds.MapPost("/", Take).WithName("ReportBuild").WithSummary("Report a build, as the message BuildCompleted").WithMetadata(new SystemCaller());
        builds.MapGet("/", List).WithName("ListBuilds").WithSummary("List builds, newest arrival first");
    }

    private static async Task<Ok<BuildTaken>> Take(BuildCompleted body, BuildIntake intake, CancellationToken cancellationToken)
    {
        var result = await intake.Take(body, EventSource.Http, cancellationToken);
        return TypedResults.Ok(new BuildTaken { Id = result.BuildId, Known = result.Known, Matched = result.Matched });
    }

    private static Task<Page<BuildView>> List(string? app, string? branch, bool? matched, string? cursor, int? limit, BuildQueries queries, CancellationToken cancellationToken) =>
        queries.List(app, branch, matched, Paging.After(cursor), Paging.Limit(limit), cancellationToken);
}
