using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Data;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/applications</c>.</summary>
internal static class ApplicationEndpoints
{
    private const string NameMeaning = "The name of the application.";
    private const string StageMeaning = "The stage: `pre` or `prod`.";
    private const string ClusterMeaning = "The name of the cluster.";
    private const string TargetPath = "/{name}/targets/{stage}/{cluster}";

    public static void MapApplications(this IEndpointRouteBuilder api)
    {
        var applications = api.MapGroup("/applications").WithTags("Applications");
        applications.MapPost("/", CreateAsync).Requires(Permissions.ApplicationManage, RightsOf.Body)
            .Named("CreateApplication", "Register an application").Answers(201, "The application was registered.").Refuses(ProblemTypes.Refused);
        applications.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListApplications", "List applications in the order of their registration").Answers(200, "One page of applications.");
        applications.MapGet("/{name}", GetAsync).Requires(Permissions.View, RightsOf.Application)
            .Named("GetApplication", "Show an application with its targets").Answers(200, "The application as it is now.").Refuses(ProblemTypes.NotFound);
        applications.MapPatch("/{name}", ChangeAsync).Requires(Permissions.ApplicationManage, RightsOf.Application)
            .Named("ChangeApplication", "Change an application, or move it to another project",
                "What the body leaves out stays. Moving it needs the permission in both projects. Batches that are open keep what they have taken over.")
            .Answers(200, "The application as it is now.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        applications.MapDelete("/{name}", RemoveAsync).Requires(Permissions.ApplicationManage, RightsOf.Application)
            .Named("RemoveApplication", "Remove an application",
                "Possible while it is in no open batch. Batches that have ended keep it in their history, and its builds stay. The name may be registered again.")
            .Answers(204, "The application and its targets are gone.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        applications.MapGet(TargetPath, GetTargetAsync).Requires(Permissions.View, RightsOf.Application)
            .Named("GetTarget", "Show how an application is deployed in a stage and cluster").Answers(200, "The target as it is now.")
                .Refuses(ProblemTypes.NotFound);
        applications.MapPut(TargetPath, PutTargetAsync).Requires(Permissions.ApplicationManage, RightsOf.Application)
            .Named("PutTarget", "Set how an application is deployed in a stage and cluster",
                "A sealed batch keeps the settings it was sealed with. `If-Match` accepts the `ETag` of the target or of the application it was read with.")
            .Answers(200, "The target was changed; the body is its application.").Answers(201, "The target was created; the body is its application.")
                .Refuses(ProblemTypes.NotFound);
        applications.MapDelete(TargetPath, RemoveTargetAsync).Requires(Permissions.ApplicationManage, RightsOf.Application)
            .Named("RemoveTarget", "Deploy an application no longer in a stage and cluster", "A sealed batch keeps the settings it was sealed with.")
            .Answers(204, "The target is gone.").Refuses(ProblemTypes.NotFound);
    }

    private static async Task<Tagged<Created<ApplicationView>>> CreateAsync(JsonBody<NewApplication> body, HttpContext http, Door door,
        ApplicationCatalogue catalogue, CancellationToken cancellationToken)
    {
        await door.RequireAsync(http, Permissions.ApplicationManage, [body.Value.Project ?? Projects.Default], null);
        var view = await catalogue.AddAsync(body.Value, cancellationToken);
        return EntityTags.Created($"/api/v1/applications/{view.Name}", view, ResourceTag.Of(view));
    }

    private static async Task<Ok<Page<ApplicationView>>> ListAsync(
        [Description("Part of the application's name; case does not matter.")] string? q,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, InView view, ApplicationCatalogue catalogue,
            CancellationToken cancellationToken) =>
        TypedResults.Ok(await catalogue.ListAsync(view.Projects, q, Paging.After(cursor), Paging.Limit(limit), cancellationToken));

    private static async Task<Results<Tagged<Ok<ApplicationView>>, ProblemHttpResult>> GetAsync([Description(NameMeaning)] string name,
        InView view, ApplicationCatalogue catalogue, CancellationToken cancellationToken) =>
        await catalogue.FindAsync(name, view.Projects, cancellationToken) is { } found
            ? EntityTags.Ok(found, ResourceTag.Of(found))
            : Problems.NotFound($"application '{name}'");

    private static async Task<Results<Tagged<Ok<TargetView>>, ProblemHttpResult>> GetTargetAsync(
        [Description(NameMeaning)] string name, [Description(StageMeaning)] string stage, [Description(ClusterMeaning)] string cluster,
        InView view, ApplicationCatalogue catalogue, CancellationToken cancellationToken) =>
        Target(await catalogue.FindAsync(name, view.Projects, cancellationToken), stage, cluster) is { } target
            ? EntityTags.Ok(target, ResourceTag.Of(target))
            : Problems.NotFound($"target {stage}/{cluster} of an application '{name}'");

    private static async Task<Results<Tagged<Ok<ApplicationView>>, Tagged<Created<ApplicationView>>>> PutTargetAsync(
        [Description(NameMeaning)] string name, [Description(StageMeaning)] string stage, [Description(ClusterMeaning)] string cluster,
        JsonBody<TargetBody> body, IfMatch seen, OnlyNew onlyNew, InView view, TargetCatalogue targets, CancellationToken cancellationToken)
    {
        var (saved, isNew) = await targets.PutAsync(name, stage, cluster, body.Value, view.Projects, seen.Precondition(onlyNew.Wanted), cancellationToken);
        var tag = ResourceTag.Of(Target(saved, stage, cluster)!);
        return isNew
            ? EntityTags.Created($"/api/v1/applications/{name}/targets/{stage}/{Uri.EscapeDataString(cluster)}", saved, tag)
            : EntityTags.Ok(saved, tag);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveTargetAsync(
        [Description(NameMeaning)] string name, [Description(StageMeaning)] string stage, [Description(ClusterMeaning)] string cluster,
        IfMatch seen, TargetCatalogue targets, CancellationToken cancellationToken) =>
        await targets.RemoveAsync(name, stage, cluster, seen.Precondition(), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"target {stage}/{cluster} of an application '{name}'");

    private static async Task<Tagged<Ok<ApplicationView>>> ChangeAsync(
        [Description(NameMeaning)] string name, JsonBody<ApplicationChange> body, IfMatch seen, InView view, HttpContext http, Door door,
        ApplicationCatalogue catalogue, CancellationToken cancellationToken)
    {
        if (body.Value.Project is { } project)
            await door.RequireAsync(http, Permissions.ApplicationManage, [project], null);
        var changed = await catalogue.ChangeAsync(name, body.Value, view.Projects, seen.Precondition(), AccessEndpoints.Origin(http), cancellationToken);
        return EntityTags.Ok(changed, ResourceTag.Of(changed));
    }

    private static async Task<NoContent> RemoveAsync(
        [Description(NameMeaning)] string name, IfMatch seen, InView view, HttpContext http, ApplicationCatalogue catalogue,
        CancellationToken cancellationToken)
    {
        await catalogue.RemoveAsync(name, view.Projects, seen.Precondition(), AccessEndpoints.Origin(http), cancellationToken);
        return TypedResults.NoContent();
    }

    private static TargetView? Target(ApplicationView? application, string stage, string cluster) =>
        application?.Targets.SingleOrDefault(t => t.Stage == stage && t.Cluster == cluster);
}
