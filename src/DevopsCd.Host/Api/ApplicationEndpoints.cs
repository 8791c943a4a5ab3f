using DevopsCd.Contracts.Api;
using DevopsCd.Core.Applications;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/applications</c>.</summary>
internal static class ApplicationEndpoints
{
    public static void MapApplications(this IEndpointRouteBuilder api)
    {
        var applications = api.MapGroup("/applications").WithTags("Applications");
        applications.MapPost("/", Create).WithName("CreateApplication").WithSummary("Register an application");
        applications.MapGet("/", List).WithName("ListApplications").WithSummary("List applications by name");
        applications.MapPut("/{name}/targets/{stage}/{cluster}", Target).WithName("PutTarget").WithSummary("Set how an application deploys in a stage and cluster");
    }

    private static async Task<Created<ApplicationView>> Create(NewApplication body, ApplicationCatalogue catalogue, CancellationToken cancellationToken)
    {
        var view = await catalogue.Add(body, cancellationToken);
        return TypedResults.Created($"/api/v1/applications?q={view.Name}", view);
    }

    private static Task<Page<ApplicationView>> List(string? q, string? cursor, int? limit, ApplicationCatalogue catalogue, CancellationToken cancellationToken) =>
        catalogue.List(q, Paging.After(cursor), Paging.Limit(limit), cancellationToken);

    private static async Task<Ok<ApplicationView>> Target(string name, string stage, string cluster, TargetBody body, ApplicationCatalogue catalogue, CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalogue.PutTarget(name, stage, cluster, body, cancellationToken));
}
