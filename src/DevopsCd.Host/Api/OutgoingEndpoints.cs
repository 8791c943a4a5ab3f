using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/parked/outgoing</c>: our own messages that the broker refused, and what people decide about them.</summary>
internal static class OutgoingEndpoints
{
    private const string OutboxMeaning = "The message's `outboxId`.";
    private const string PositionMeaning = "The message's `position` in its outbox, from 1.";

    public static void MapOutgoing(this IEndpointRouteBuilder api)
    {
        var outgoing = api.MapGroup("/parked/outgoing").WithTags("Parked messages");
        outgoing.MapGet("/", ListAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ListOutgoing", "List outgoing messages that the broker refused, latest first").Answers(200, "One page of outgoing messages.");
        outgoing.MapGet("/{outboxId:guid}/{position:long}", ShowAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ShowOutgoing", "Show an outgoing message with its body").Answers(200, "The outgoing message as it is now.").Refuses(ProblemTypes.NotFound);
        outgoing.MapPost("/{outboxId:guid}/{position:long}/replay", ReplayAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("ReplayOutgoing", "Send an outgoing message again").Answers(204, "The message is sent again.").Refuses(ProblemTypes.NotFound);
        outgoing.MapPost("/{outboxId:guid}/{position:long}/discard", DiscardAsync).Requires(Permissions.ParkedManage, RightsOf.Everything)
            .Named("DiscardOutgoing", "Discard an outgoing message for good").Answers(204, "The message is discarded.").Refuses(ProblemTypes.NotFound);
    }

    private static async Task<Ok<Page<OutgoingView>>> ListAsync(
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, OutgoingMessages messages,
            CancellationToken cancellationToken)
    {
        var (skip, count) = ((int)(Paging.After(cursor) ?? 0), Paging.Limit(limit));
        var rows = await messages.ListAsync(skip, count + 1, cancellationToken);
        return TypedResults.Ok(new Page<OutgoingView>
        {
            Items = [.. rows.Take(count).Select(m => View(m, whole: false))],
            NextCursor = rows.Count > count ? Cursor.Of(skip + count) : null,
        });
    }

    private static async Task<Results<Tagged<Ok<OutgoingView>>, ProblemHttpResult>> ShowAsync(
        [Description(OutboxMeaning)] Guid outboxId, [Description(PositionMeaning)] long position, OutgoingMessages messages,
            CancellationToken cancellationToken) =>
        await messages.FindAsync(outboxId, position, cancellationToken) is { } message ? EntityTags.Ok(View(message, whole: true), TagOf(message))
            : NotParked();

    private static async Task<Results<NoContent, ProblemHttpResult>> ReplayAsync(
        [Description(OutboxMeaning)] Guid outboxId, [Description(PositionMeaning)] long position,
        IfMatch seen, HttpContext http, OutgoingMessages messages, CancellationToken cancellationToken) =>
        await messages.SendAgainAsync(outboxId, position, Caller.Of(http).Operator, Check(seen), cancellationToken) ? TypedResults.NoContent() : NotParked();

    private static async Task<Results<NoContent, ProblemHttpResult>> DiscardAsync(
        [Description(OutboxMeaning)] Guid outboxId, [Description(PositionMeaning)] long position,
        JsonBody<DiscardBody> body, IfMatch seen, HttpContext http, OutgoingMessages messages, CancellationToken cancellationToken) =>
        await messages.DiscardAsync(outboxId, position, body.Value.Reason, Caller.Of(http).Operator, Check(seen), cancellationToken) ? TypedResults.NoContent()
            : NotParked();

    /// <summary>It changes when it was sent again and given up once more: for another reason, perhaps.</summary>
    private static Action<OutgoingMessage> Check(IfMatch seen) =>
        message => seen.Precondition().Check($"outgoing message {message.Trouble.OutboxId}/{message.Trouble.SequenceNumber}", TagOf(message));

    private static string TagOf(OutgoingMessage message) => ResourceTag.Of(View(message, whole: true));

    private static ProblemHttpResult NotParked() => Problems.Of(ProblemTypes.NotFound,
        "There is no such message in the outbox, or a decision has already been made; GET /api/v1/parked lists decisions.");

    internal static OutgoingView View(OutgoingMessage parked, bool whole) => new()
    {
        OutboxId = parked.Trouble.OutboxId,
        Position = parked.Trouble.SequenceNumber,
        MessageId = parked.Message.MessageId,
        MessageType = parked.Message.MessageType.Split(';')[0],
        Destination = parked.Message.DestinationAddress?.AbsolutePath,
        SentAt = Utc(parked.Message.SentTime),
        FailedAt = Utc(parked.Trouble.Created),
        ParkedAt = Utc(parked.Trouble.Parked!.Value),
        Tries = parked.Trouble.DeliveryCount,
        Reason = parked.Trouble.Reason,
        Body = whole ? parked.Message.Body : null,
    };

    private static DateTimeOffset Utc(DateTime time) => new(time, TimeSpan.Zero);
}
