using DevopsCd.Contracts.Api;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;

namespace DevopsCd.Host.Api;

/// <summary>The engine's refusals as answers.</summary>
internal static class Refusals
{
    public static IResult Result(RefusalKind kind, string reason, string? state, IReadOnlyDictionary<string, string[]> fields, Lifecycle lifecycle) => kind switch
    {
        RefusalKind.NotFound => TypedResults.Problem(reason, statusCode: StatusCodes.Status404NotFound),
        RefusalKind.Content => Results.ValidationProblem(fields.ToDictionary(), reason, statusCode: StatusCodes.Status422UnprocessableEntity),
        RefusalKind.Stale => TypedResults.Problem(reason, statusCode: StatusCodes.Status412PreconditionFailed),
        _ => TypedResults.Problem(reason, statusCode: StatusCodes.Status409Conflict, title: "Refused", extensions: Extensions(state, lifecycle))
    };

    private static Dictionary<string, object?> Extensions(string? state, Lifecycle lifecycle) => state is null ? [] : new()
    {
        ["state"] = BatchStatus.Code(state),
        ["stateName"] = state,
        ["availableEvents"] = lifecycle.From(state).Select(r => new AvailableEvent
        {
            Event = r.Event,
            Description = Lifecycle.Label(r.Event),
            TargetState = BatchStatus.Code(r.To),
            TargetStateName = r.To,
            By = Lifecycle.ByEngine(r.Event) ? "engine" : "person"
        }).ToList()
    };
}
