using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Freezes;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/freezes</c>.</summary>
internal static class FreezeEndpoints
{
    private const string NameMeaning = "The freeze's name: " + BindingRules.ProjectForm + ".";

    public static void MapFreezes(this IEndpointRouteBuilder api)
    {
        var freezes = api.MapGroup("/freezes").WithTags("Freezes");
        freezes.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListFreezes", "List freezes by name", "Those of all projects, and those of projects that the caller may view.")
            .Answers(200, "Each freeze with its present and next times.");
        freezes.MapGet("/{name}", GetAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("GetFreeze", "Show a freeze").Answers(200, "The freeze with its present and next times.").Refuses(ProblemTypes.NotFound);
        freezes.MapPut("/{name}", PutAsync).Requires(Permissions.FreezeManage, RightsOf.Body)
            .Named("PutFreeze", "Set a time in which stages do not start",
                "Needs the permission in each project that the freeze names or has named, and in all of them where it names none. "
                + "It counts at once, for whatever is about to start.")
            .Answers(200, "The freeze was changed.").Answers(201, "The freeze was added.");
        freezes.MapDelete("/{name}", RemoveAsync).Requires(Permissions.FreezeManage, RightsOf.Body)
            .Named("RemoveFreeze", "Remove a freeze", "What waited for it starts with the next scan.")
            .Answers(204, "The freeze is gone.").Refuses(ProblemTypes.NotFound);
    }

    private static async Task<Ok<Page<FreezeView>>> ListAsync(InView view, FreezeDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<FreezeView> { Items = await desk.ListAsync(view.Projects, cancellationToken) });

    private static async Task<Results<Tagged<Ok<FreezeView>>, ProblemHttpResult>> GetAsync(
        [Description(NameMeaning)] string name, InView view, FreezeDesk desk, CancellationToken cancellationToken) =>
        await desk.FindAsync(name, view.Projects, cancellationToken) is { } freeze
            ? EntityTags.Ok(freeze, FreezeDesk.Tag(freeze))
            : Problems.NotFound($"freeze '{name}'");

    private static async Task<Results<Tagged<Ok<FreezeView>>, Tagged<Created<FreezeView>>>> PutAsync(
        [Description(NameMeaning)] string name, JsonBody<FreezeBody> body, IfMatch seen, OnlyNew onlyNew, HttpContext http, Door door, FreezeDesk desk,
        CancellationToken cancellationToken)
    {
        await door.RequireAsync(http, Permissions.FreezeManage, FreezeDesk.Concerned(body.Value), null);
        if (await desk.ProjectsAsync(name, cancellationToken) is { } before)
            await door.RequireAsync(http, Permissions.FreezeManage, before, null);
        var (view, isNew) = await desk.PutAsync(name, body.Value, seen.Precondition(onlyNew.Wanted), AccessEndpoints.Origin(http), cancellationToken);
        return isNew ? EntityTags.Created($"/api/v1/freezes/{name}", view, FreezeDesk.Tag(view)) : EntityTags.Ok(view, FreezeDesk.Tag(view));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [Description(NameMeaning)] string name, IfMatch seen, HttpContext http, Door door, FreezeDesk desk, CancellationToken cancellationToken)
    {
        if (await desk.ProjectsAsync(name, cancellationToken) is not { } concerned)
            return Problems.NotFound($"freeze '{name}'");
        await door.RequireAsync(http, Permissions.FreezeManage, concerned, $"There is no freeze '{name}'.");
        return await desk.RemoveAsync(name, seen.Precondition(), AccessEndpoints.Origin(http), cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"freeze '{name}'");
    }
}
