using System.Text.Json;
using System.Text.Unicode;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Messages;
using DevopsCd.Core.Parking;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/parked</c>: messages that can never work as they are, and what people decide about them.</summary>
internal static class ParkedEndpoints
{
    public static void MapParked(this IEndpointRouteBuilder api)
    {
        var parked = api.MapGroup("/parked").WithTags("Parked messages");
        parked.MapGet("/", List).WithName("ListParked").WithSummary("List parked messages, newest first");
        parked.MapGet("/{id:long}", Show).WithName("ShowParked").WithSummary("Show a parked message with its body and headers");
        parked.MapPost("/{id:long}/replay", Replay).WithName("ReplayParked").WithSummary("Send a parked message again, as it was or corrected");
        parked.MapPost("/{id:long}/discard", Discard).WithName("DiscardParked").WithSummary("Lay a parked message aside for good");
    }

    private static async Task<Results<Ok<Page<ParkedView>>, ProblemHttpResult>> List(
        string? status, string? cursor, int? limit, ParkedQueries queries, CancellationToken cancellationToken)
    {
        ParkedStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
        {
            if (!SnakeCaseConverter<ParkedStatus>.TryValue(status, out var known))
                return TypedResults.Problem("status must be parked, replayed or discarded", statusCode: StatusCodes.Status422UnprocessableEntity);
            wanted = known;
        }

        var count = Paging.Limit(limit);
        var rows = await queries.List(wanted, Paging.After(cursor), count + 1, cancellationToken);
        return TypedResults.Ok(new Page<ParkedView>
        {
            Items = [.. rows.Take(count).Select(m => View(m, whole: false))],
            NextCursor = rows.Count > count ? Cursor.Of(rows[count - 1].Id) : null,
        });
    }

    private static async Task<Results<Ok<ParkedView>, NotFound>> Show(long id, ParkedQueries queries, CancellationToken cancellationToken) =>
        await queries.Find(id, cancellationToken) is { } message
            ? TypedResults.Ok(View(message, whole: true) with { Actions = (await queries.Actions(id, cancellationToken)).ConvertAll(View) })
            : TypedResults.NotFound();

    private static async Task<Results<Ok<ParkedView>, NotFound, ProblemHttpResult>> Replay(
        long id, ReplayBody? body, HttpContext http, ParkedDecisions decisions, ParkedQueries queries, CancellationToken cancellationToken)
    {
        try
        {
            var decision = await decisions.Replay(id, body?.Body, body?.MessageType, OperatorFilter.Of(http), cancellationToken);
            return await Answer(decision, id, queries, cancellationToken);
        }
        catch (MessageRefused refused)
        {
            return TypedResults.Problem(
                refused.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Still wrong",
                extensions: new Dictionary<string, object?> { ["fields"] = refused.Fields.Select(f => f.Path).ToList() });
        }
    }

    private static async Task<Results<Ok<ParkedView>, NotFound, ProblemHttpResult>> Discard(
        long id, DiscardBody body, HttpContext http, ParkedDecisions decisions, ParkedQueries queries, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(body.Reason) || body.Reason.Length > 2000)
            return TypedResults.Problem("reason must have 1 to 2000 characters", statusCode: StatusCodes.Status422UnprocessableEntity);
        var decision = await decisions.Discard(id, body.Reason, OperatorFilter.Of(http), cancellationToken);
        return await Answer(decision, id, queries, cancellationToken);
    }

    private static async Task<Results<Ok<ParkedView>, NotFound, ProblemHttpResult>> Answer(
        ParkedDecision decision, long id, ParkedQueries queries, CancellationToken cancellationToken)
    {
        if (decision == ParkedDecision.NotFound || await queries.Find(id, cancellationToken) is not { } message)
            return TypedResults.NotFound();
        return decision == ParkedDecision.DecidedOtherwise
            ? TypedResults.Problem(
                $"{message.ResolvedBy} has already decided: {SnakeCaseConverter<ParkedStatus>.Name(message.Status)}",
                statusCode: StatusCodes.Status409Conflict, title: "Decided otherwise")
            : TypedResults.Ok(View(message, whole: false));
    }

    private static ParkedView View(ParkedMessage message, bool whole)
    {
        var isText = whole && Utf8.IsValid(message.Body);
        return new ParkedView
        {
            Id = message.Id,
            ReceivedAt = message.ReceivedAt,
            Queue = message.Queue,
            Exchange = message.Exchange,
            MessageType = message.MessageType,
            MessageId = message.MessageId,
            ContentType = message.ContentType,
            Reason = message.Reason,
            Status = SnakeCaseConverter<ParkedStatus>.Name(message.Status),
            ResolvedBy = message.ResolvedBy,
            ResolvedAt = message.ResolvedAt,
            Resolution = message.Resolution,
            BodySize = message.BodySize,
            Truncated = message.Truncated,
            Body = isText ? System.Text.Encoding.UTF8.GetString(message.Body) : null,
            BodyBase64 = whole && !isText ? Convert.ToBase64String(message.Body) : null,
            Headers = whole ? JsonSerializer.Deserialize<JsonElement>(message.Headers) : null,
        };
    }

    private static ParkedActionView View(ParkedAction action) => new()
    {
        Action = SnakeCaseConverter<ParkedStatus>.Name(action.Action),
        Done = action.Done,
        Operator = action.Operator,
        Detail = action.Detail,
        At = action.At,
    };
}
