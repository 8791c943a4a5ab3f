using System.ComponentModel;
using System.Text.Json;
using System.Text.Unicode;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.MessageContracts;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Access;
using DevopsCd.Shared;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/parked</c>: messages that can never work as they are, and what people decide about them.</summary>
internal static class ParkedEndpoints
{
    private const string IdMeaning = "The parked message's `id`, a whole number.";

    public static void MapParked(this IEndpointRouteBuilder api)
    {
        var parked = api.MapGroup("/parked").WithTags("Parked messages");
        parked.MapGet("/", ListAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ListParked", "List parked messages, newest first", "A message is parked when it can never be processed as it is.").Answers(200,
                "One page of parked messages.");
        parked.MapGet("/{id:long}", ShowAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ShowParked", "Show a parked message with its body and headers").Answers(200, "The parked message as it is now.")
                .Refuses(ProblemTypes.NotFound);
        parked.MapPost("/{id:long}/replay", ReplayAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ReplayParked", "Send a parked message again, as it was or corrected")
            .Answers(200, "The message is sent again.").Refuses(ProblemTypes.NotFound, ProblemTypes.DecidedOtherwise, ProblemTypes.StillWrong);
        parked.MapPost("/{id:long}/discard", DiscardAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("DiscardParked", "Discard a parked message for good").Answers(200, "The message is discarded.")
                .Refuses(ProblemTypes.NotFound, ProblemTypes.DecidedOtherwise);
    }

    private static async Task<Ok<Page<ParkedView>>> ListAsync(
        [Description("One of `parked`, `replayed` and `discarded`; without it all.")] string? status,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, ParkedQueries queries,
            CancellationToken cancellationToken)
    {
        var wanted = QueryValue.Of<ParkedStatus>("status", status);
        var count = Paging.Limit(limit);
        var rows = await queries.ListAsync(wanted, Paging.After(cursor), count + 1, cancellationToken);
        return TypedResults.Ok(new Page<ParkedView>
        {
            Items = [.. rows.Take(count).Select(m => View(m, whole: false))],
            NextCursor = rows.Count > count ? Cursor.Of(rows[count - 1].Id) : null,
        });
    }

    private static async Task<Results<Tagged<Ok<ParkedView>>, ProblemHttpResult>> ShowAsync([Description(IdMeaning)] long id, ParkedQueries queries,
        CancellationToken cancellationToken) =>
        await WholeAsync(id, queries, cancellationToken) is { } view ? EntityTags.Ok(view, ResourceTag.Of(view)) : NoMessage(id);

    internal static async Task<ParkedView?> WholeAsync(long id, ParkedQueries queries, CancellationToken cancellationToken) =>
        await queries.FindAsync(id, cancellationToken) is { } message
            ? View(message, whole: true) with { Actions = (await queries.ActionsAsync(id, cancellationToken)).ConvertAll(View) }
            : null;

    /// <summary>Of two decisions at once the second finds the first, whatever it has seen; this tells one that comes later.</summary>
    private static async Task CheckAsync(long id, IfMatch seen, ParkedQueries queries, CancellationToken cancellationToken)
    {
        if (seen.Tags.Count > 0 && await WholeAsync(id, queries, cancellationToken) is { } present)
            seen.Precondition().Check($"parked message {id}", ResourceTag.Of(present));
    }

    private static async Task<Results<Ok<ParkedView>, ProblemHttpResult>> ReplayAsync(
        [Description(IdMeaning)] long id, JsonBody<ReplayBody>? body, IfMatch seen, HttpContext http, ParkedDecisions decisions, ParkedQueries queries,
            CancellationToken cancellationToken)
    {
        await CheckAsync(id, seen, queries, cancellationToken);
        try
        {
            var decision = await decisions.ReplayAsync(id, body?.Value.Body, body?.Value.MessageType, Caller.Of(http), cancellationToken);
            return await AnswerAsync(decision, id, queries, cancellationToken);
        }
        catch (MessageRefusedException refused)
        {
            return Problems.Of(ProblemTypes.StillWrong, Sentence.Quote(refused.Message),
                new Dictionary<string, object?> { ["fields"] = refused.Fields.Select(f => f.Path).ToList() });
        }
    }

    private static async Task<Results<Ok<ParkedView>, ProblemHttpResult>> DiscardAsync(
        [Description(IdMeaning)] long id, JsonBody<DiscardBody> body, IfMatch seen, HttpContext http, ParkedDecisions decisions, ParkedQueries queries,
            CancellationToken cancellationToken)
    {
        await CheckAsync(id, seen, queries, cancellationToken);
        var decision = await decisions.DiscardAsync(id, body.Value.Reason, Caller.Of(http).Operator, cancellationToken);
        return await AnswerAsync(decision, id, queries, cancellationToken);
    }

    private static async Task<Results<Ok<ParkedView>, ProblemHttpResult>> AnswerAsync(
        ParkedDecision decision, long id, ParkedQueries queries, CancellationToken cancellationToken)
    {
        if (decision == ParkedDecision.NotFound || await queries.FindAsync(id, cancellationToken) is not { } message)
            return NoMessage(id);
        return decision == ParkedDecision.DecidedOtherwise
            ? Problems.Of(ProblemTypes.DecidedOtherwise, $"{message.ResolvedBy} has already decided: {EnumNames<ParkedStatus>.Of(message.Status)}.")
            : TypedResults.Ok(View(message, whole: false));
    }

    private static ProblemHttpResult NoMessage(long id) => Problems.NotFound($"parked message {id}");

    internal static ParkedView View(ParkedMessage message, bool whole)
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
            Status = EnumNames<ParkedStatus>.Of(message.Status),
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
        Action = EnumNames<ParkedStatus>.Of(action.Action),
        Done = action.Done,
        Operator = action.Operator,
        Detail = action.Detail,
        At = action.At,
    };
}
