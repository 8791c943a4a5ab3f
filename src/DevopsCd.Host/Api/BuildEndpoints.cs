using System.ComponentModel;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Builds;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/builds</c>.</summary>
internal static class BuildEndpoints
{
    public static void MapBuilds(this IEndpointRouteBuilder api)
    {
        var builds = api.MapGroup("/builds").WithTags("Builds");
        builds.MapPost("/", TakeAsync).Requires(Permissions.BuildReport, RightsOf.Body).WithMetadata(new AllowSystemCaller())
            .Named("ReportBuild", "Report a build", "The body is the message `BuildCompleted`. The same build reported again changes nothing.").Answers(200,
                "The build is stored.");
        builds.MapGet("/{id:long}", GetAsync).Requires(Permissions.View, RightsOf.Build)
            .Named("GetBuild", "Show a stored build").Answers(200, "The build as it was reported last.").Refuses(ProblemTypes.NotFound);
        builds.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListBuilds", "List builds, latest arrival first").Answers(200, "One page of builds.");
    }

    private static async Task<Ok<BuildTaken>> TakeAsync(JsonBody<BuildCompleted> body, HttpContext http, Door door, ProjectsOf projects, BuildIntake intake,
        CancellationToken cancellationToken)
    {
        await door.RequireAsync(http, Permissions.BuildReport,
            [await projects.ApplicationAsync(body.Value.Application, cancellationToken) ?? Projects.Default], null);
        var result = await intake.TakeAsync(body.Value, EventSource.Http, cancellationToken);
        return TypedResults.Ok(new BuildTaken
        {
            Id = result.BuildId,
            BuildNumber = result.BuildNumber,
            Known = result.Known,
            Matched = result.Matched,
            Notes = result.Notes,
        });
    }

    private static async Task<Results<Ok<BuildView>, ProblemHttpResult>> GetAsync([Description("The build's `id`, a whole number.")] long id,
        BuildQueries queries, CancellationToken cancellationToken) =>
        await queries.GetAsync(id, cancellationToken) is { } view ? TypedResults.Ok(view) : Problems.NotFound($"build {id}");

    private static async Task<Ok<Page<BuildView>>> ListAsync(
        [Description("The name of the application; without it all.")] string? app, [Description("The branch; without it all.")] string? branch,
        [Description("Whether the build belongs to a registered application; without it both.")] bool? matched,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, InView view, BuildQueries queries,
            CancellationToken cancellationToken) =>
        TypedResults.Ok(await queries.ListAsync(view.Projects, app, branch, matched, Paging.After(cursor), Paging.Limit(limit), cancellationToken));
}
