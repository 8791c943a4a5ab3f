using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/projects</c>.</summary>
internal static class ProjectEndpoints
{
    private const string NameMeaning = "The project's name: " + BindingRules.ProjectForm + ".";

    public static void MapProjects(this IEndpointRouteBuilder api)
    {
        var projects = api.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListProjects", "List projects by name").Answers(200, "The projects that the caller may view.");
        projects.MapGet("/{name}", GetAsync).Requires(Permissions.View, RightsOf.Project)
            .Named("GetProject", "Show a project with its policy").Answers(200, "The project as it is now.").Refuses(ProblemTypes.NotFound);
        projects.MapPut("/{name}", PutAsync).Requires(Permissions.PolicyManage, RightsOf.Project)
            .Named("PutProject", "Create a project, or set its policy",
                "The body replaces the whole policy. Batches that are open go by the new policy from their next step on.")
            .Answers(200, "The policy was set.").Answers(201, "The project was created.").Refuses(ProblemTypes.NotFound);
        projects.MapDelete("/{name}", RemoveAsync).Requires(Permissions.PolicyManage, RightsOf.Project)
            .Named("RemoveProject", "Remove a project",
                "Possible once no application and no open batch belongs to it. The bindings that were given in it go with it; "
                + "the history of its batches stays.")
            .Answers(204, "The project is gone.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
    }

    private static async Task<Ok<Page<ProjectView>>> ListAsync(InView view, ProjectDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<ProjectView> { Items = await desk.ListAsync(view.Projects, cancellationToken) });

    private static async Task<Results<Tagged<Ok<ProjectView>>, ProblemHttpResult>> GetAsync(
        [Description(NameMeaning)] string name, ProjectDesk desk, CancellationToken cancellationToken) =>
        await desk.FindAsync(name, cancellationToken) is { } view ? EntityTags.Ok(view, ProjectDesk.Tag(view)) : Problems.NotFound($"project '{name}'");

    private static async Task<Results<Tagged<Ok<ProjectView>>, Tagged<Created<ProjectView>>>> PutAsync(
        [Description(NameMeaning)] string name, JsonBody<ProjectPolicyBody> body, IfMatch seen, OnlyNew onlyNew, HttpContext http, ProjectDesk desk,
        CancellationToken cancellationToken)
    {
        var (view, isNew) = await desk.PutAsync(name, body.Value, seen.Precondition(onlyNew.Wanted), AccessEndpoints.Origin(http), cancellationToken);
        return isNew ? EntityTags.Created($"/api/v1/projects/{name}", view, ProjectDesk.Tag(view)) : EntityTags.Ok(view, ProjectDesk.Tag(view));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [Description(NameMeaning)] string name, IfMatch seen, HttpContext http, ProjectDesk desk, CancellationToken cancellationToken) =>
        await desk.RemoveAsync(name, seen.Precondition(), AccessEndpoints.Origin(http), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"project '{name}'");
}
