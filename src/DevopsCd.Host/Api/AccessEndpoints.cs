using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/access/…</c>: who may do what, and why.</summary>
internal static class AccessEndpoints
{
    private const string SubjectMeaning = "By kind and name, for example `user:ann` or `group:release-team`; without it all.";
    private const string ProjectMeaning = "The name of a project, or `*` for what is given in all of them; without it all.";

    public static void MapAccess(this IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("/access").WithTags("Access");
        access.MapGet("/roles", Roles).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListRoles", "List the roles with what they allow").Answers(200, "The built-in roles and those of the configuration.");
        access.MapGet("/bindings", ListAsync).Requires(Permissions.AccessManage, RightsOf.Listed)
            .Named("ListBindings", "List who has which role where",
                "Those of the configuration first, then the others in the order in which they were added. "
                + "Bindings of the projects whose access the caller manages are shown.")
            .Answers(200, "One page of bindings.");
        access.MapPut("/bindings", AddAsync).Requires(Permissions.AccessManage, RightsOf.Body)
            .Named("AddBinding", "Give somebody a role", "It counts at once here, and within five seconds on every other instance.")
            .Answers(200, "Somebody has added it before.").Answers(201, "The binding was added.");
        access.MapDelete("/bindings", RemoveAsync).Requires(Permissions.AccessManage, RightsOf.Body)
            .Named("RemoveBinding", "Take a role from somebody", "What it allowed is refused at once here, and within five seconds on every other instance.")
            .Answers(204, "The binding is gone.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        access.MapGet("/explain", ExplainAsync).Requires(Permissions.AccessManage, RightsOf.Body)
            .Named("ExplainAccess", "Explain what somebody may do in a project, and by which binding",
                "Anybody may ask about themselves; about others, who manages access in that project.")
            .Answers(200, "Each permission, with the bindings that give it or who can grant it.").Refuses(ProblemTypes.NotFound);
        access.MapGet("/events", EventsAsync).Requires(Permissions.AuditRead, RightsOf.Listed)
            .Named("ListAccessEvents", "List the audit of access, newest first",
                "Refusals for want of a right, and every change of bindings, projects and policies with what was before and after.")
            .Answers(200, "One page of the audit.");
    }

    private static Ok<Page<RoleView>> Roles(RoleBook roles) => TypedResults.Ok(new Page<RoleView>
    {
        Items =
        [
            .. roles.All.Select(role => new RoleView
            {
                Name = role.Name, Permissions = role.Permissions, Source = role.BuiltIn ? "built-in" : BindingSource.Configuration
            })
        ]
    });

    private static async Task<Ok<Page<BindingView>>> ListAsync(
        [Description(SubjectMeaning)] string? subject, [Description(ProjectMeaning)] string? project,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit,
        HttpContext http, AccessDoor door, BindingDesk desk, CancellationToken cancellationToken)
    {
        var managed = await door.WhereAsync(Caller.Of(http), Permissions.AccessManage, cancellationToken);
        return TypedResults.Ok(await desk.ListAsync(managed, subject, project, Paging.After(cursor), Paging.Limit(limit), cancellationToken));
    }

    private static async Task<Results<Ok<BindingView>, Created<BindingView>>> AddAsync(
        JsonBody<BindingBody> body, HttpContext http, Door door, BindingDesk desk, CancellationToken cancellationToken)
    {
        await door.RequireAsync(http, Permissions.AccessManage, [body.Value.Project], null);
        var (view, isNew) = await desk.AddAsync(body.Value, Origin(http), cancellationToken);
        return isNew ? TypedResults.Created((string?)null, view) : TypedResults.Ok(view);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [Description("Who has the role, by kind and name; required.")] string? subject, [Description("The name of the role; required.")] string? role,
        [Description("The name of the project, or `*`; required.")] string? project, HttpContext http, Door door, BindingDesk desk,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(subject) || string.IsNullOrEmpty(role) || string.IsNullOrEmpty(project))
            throw BatchRefusedException.Content(string.IsNullOrEmpty(subject) ? "subject" : string.IsNullOrEmpty(role) ? "role" : "project", "is required");
        await door.RequireAsync(http, Permissions.AccessManage, [project], null);
        return await desk.RemoveAsync(new BindingBody { Subject = subject, Role = role, Project = project }, Origin(http), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"binding of {subject} as {role} in {project}");
    }

    private static async Task<Results<Ok<AccessExplanation>, ProblemHttpResult>> ExplainAsync(
        [Description("By kind and name; without it the caller.")] string? subject,
        [Description("The groups of a person, separated by commas: only the login provider knows them.")] string? groups,
        [Description("The permission; without it all of them.")] string? action,
        [Description("The name of the project; without it what concerns all of them.")] string? project,
        HttpContext http, Door door, KnownSubjects subjects, AccessExplainer explainer, CancellationToken cancellationToken)
    {
        var where = string.IsNullOrEmpty(project) ? Projects.All : project;
        if (where != Projects.All && !BindingRules.IsProject(where))
            throw BatchRefusedException.Content("project", $"must be * or the name of a project: {BindingRules.ProjectWords}");
        if (!string.IsNullOrEmpty(action) && !Permissions.IsKnown(action))
            throw BatchRefusedException.Content("action", $"must be one of: {string.Join(", ", Permissions.All)}");
        var caller = Caller.Of(http);
        if (!string.IsNullOrEmpty(subject) && subject != caller.Id)
            await door.RequireAsync(http, Permissions.AccessManage, [where], null);
        else
            return TypedResults.Ok(await explainer.ExplainAsync(caller, Named(action), where, cancellationToken));
        if (!Subject.TryParse(subject, out var kind, out var name) || kind == SubjectKind.System)
            throw BatchRefusedException.Content("subject", BindingRules.SubjectForm);
        var inGroups = groups?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return await subjects.FindAsync(kind, name, inGroups, cancellationToken) is { } found
            ? TypedResults.Ok(await explainer.ExplainAsync(found, Named(action), where, cancellationToken))
            : Problems.NotFound($"valid token '{name}'");

        static string? Named(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }

    private static async Task<Ok<Page<AccessEventView>>> EventsAsync(
        [Description(SubjectMeaning)] string? subject, [Description("The name of a project; without it all.")] string? project,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit,
        HttpContext http, AccessDoor door, AccessQueries queries, CancellationToken cancellationToken)
    {
        var read = await door.WhereAsync(Caller.Of(http), Permissions.AuditRead, cancellationToken);
        return TypedResults.Ok(await queries.EventsAsync(read, subject, project, Paging.After(cursor), Paging.Limit(limit), cancellationToken));
    }

    /// <summary>Who changes something, for the audit.</summary>
    public static AccessOrigin Origin(HttpContext http) => new(Caller.Of(http), EventSource.Http, http.Connection.RemoteIpAddress?.ToString());
}
