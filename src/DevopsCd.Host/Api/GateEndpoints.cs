using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/gates</c>, and the gates of a batch.</summary>
internal static class GateEndpoints
{
    private const string IdMeaning = "The gate's `id`, a whole number; a batch lists its gates.";

    public static void MapGates(this IEndpointRouteBuilder api)
    {
        api.MapGet("/batches/{id:long}/gates", ListAsync).Requires(Permissions.View, RightsOf.Batch).WithTags("Gates")
            .Named("ListBatchGates", "List the gates of a batch, in the order of their places",
                "Those that were asked, also about earlier content and attempts, and those that the policies of its projects will ask.")
            .Answers(200, "The gates with their results.").Refuses(ProblemTypes.NotFound);
        var gates = api.MapGroup("/gates").WithTags("Gates");
        gates.MapPost("/{id:long}/result", ResultAsync).Requires(Permissions.Approve, RightsOf.Body).WithMetadata(new AllowSystemCaller())
            .Named("ReportGateResult", "Pass or fail a gate",
                "Of a `webhook` the receiver does, with the permission `deployment.report`; of a `manual` gate a person, with `approve`; in each project of "
                + "the batch. The same result again changes nothing; another one, or one that counts no more, is refused.")
            .Answers(200, "The gate with its result.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        gates.MapPost("/{id:long}/override", OverrideAsync).Requires(Permissions.GateOverride, RightsOf.Body)
            .Named("OverrideGate", "Let pass what a gate holds, although it has not passed",
                "Needs the permission in each project of the batch. Who has done so, and why, is in the audit.")
            .Answers(200, "The gate, overridden.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        gates.MapPost("/{id:long}/retry", RetryAsync).Requires(Permissions.Seal, RightsOf.Body)
            .Named("RetryGate", "Ask a decided gate once more",
                "For one that has failed, or whose result is old: until it has passed again it holds what it stands before. Needs the permission for the event "
                + "that it holds, in each project of the batch.")
            .Answers(200, "The gate as it is asked now, with its new `id`.").Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
    }

    private static async Task<Results<Ok<Page<GateView>>, ProblemHttpResult>> ListAsync(
        [Description("The batch's `id`, a whole number.")] long id, BatchQueries queries, CancellationToken cancellationToken) =>
        await queries.GatesAsync(id, cancellationToken) is { } gates
            ? TypedResults.Ok(new Page<GateView> { Items = gates })
            : Problems.NotFound($"batch {id}");

    private static async Task<Ok<GateView>> ResultAsync(
        [Description(IdMeaning)] long id, JsonBody<GateResultBody> sent, HttpContext http, Door door, ProjectsOf projects, GateViews gates, GateDesk desk,
        CancellationToken cancellationToken)
    {
        await RequireAsync(id, http, door, projects, gates, GateAnswerRights.Permission, cancellationToken);
        return Answer(await desk.ResultAsync(id, sent.Value, Caller.Of(http), cancellationToken));
    }

    private static async Task<Ok<GateView>> OverrideAsync(
        [Description(IdMeaning)] long id, JsonBody<GateOverrideBody> sent, HttpContext http, Door door, ProjectsOf projects, GateViews gates, GateDesk desk,
        CancellationToken cancellationToken)
    {
        await RequireAsync(id, http, door, projects, gates, _ => Permissions.GateOverride, cancellationToken);
        return Answer(await desk.OverrideAsync(id, sent.Value.Reason, Caller.Of(http), cancellationToken));
    }

    private static async Task<Ok<GateView>> RetryAsync(
        [Description(IdMeaning)] long id, HttpContext http, Door door, ProjectsOf projects, GateViews gates, GateDesk desk, CancellationToken cancellationToken)
    {
        await RequireAsync(id, http, door, projects, gates, gate => GatePoints.Asker(gate.Point).Permission!, cancellationToken);
        return Answer(await desk.AgainAsync(id, Caller.Of(http), cancellationToken));
    }

    private static Ok<GateView> Answer(GateRun run) => TypedResults.Ok(GateViews.View(run, isCurrent: true));

    /// <exception cref="BatchRefusedException">There is no such gate, or the caller may not.</exception>
    private static async Task RequireAsync(
        long id, HttpContext http, Door door, ProjectsOf projects, GateViews gates, Func<AskedGate, string> permission, CancellationToken cancellationToken)
    {
        var none = $"there is no gate {id}";
        if (await gates.FindAsync(id, cancellationToken) is not { } gate || await projects.BatchAsync(gate.BatchId, cancellationToken) is not { } concerned)
            throw new BatchRefusedException(RefusalKind.NotFound, $"there is no gate {id}");
        await door.RequireAsync(http, permission(gate), concerned, none);
    }
}
