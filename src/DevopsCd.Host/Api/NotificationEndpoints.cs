using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Notifications.Channels;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/notifications</c>: what was told to whom, and what could not be.</summary>
internal static class NotificationEndpoints
{
    private const string IdMeaning = "The notification's `id`, a whole number.";

    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", ListAsync).Requires(Permissions.View, RightsOf.Listed)
            .Named("ListNotifications", "List notifications, newest first").Answers(200, "One page of notifications.");
        notifications.MapGet("/{id:long}", GetAsync).Requires(Permissions.View, RightsOf.Notification)
            .Named("GetNotification", "Show a notification").Answers(200, "The notification as it is now.").Refuses(ProblemTypes.NotFound);
        notifications.MapPost("/{id:long}/resend", ResendAsync).Requires(Permissions.NotificationManage, RightsOf.Notification)
            .Named("ResendNotification", "Send a notification again").Answers(200, "The notification is due again, with all its attempts.")
                .Refuses(ProblemTypes.NotFound, ProblemTypes.Refused);
        notifications.MapPost("/test", TestAsync).Requires(Permissions.NotificationManage, RightsOf.Everything).WithMetadata(new OutsideWork())
            .Named("TestNotification", "Send a test notice to one channel and see its answer")
            .Answers(200, "The channel's service accepted the notice.")
                .Refuses(ProblemTypes.NotFound, ProblemTypes.TooManyRequests, ProblemTypes.ChannelRefused);
    }

    private static async Task<Ok<Page<NotificationView>>> ListAsync(
        [Description("The `id` of a batch; without it all.")] long? batch,
            [Description("One of `pending`, `sending`, `sent`, `failed` and `superseded`; without it all.")] string? status,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, InView view, NotificationAdministration desk,
            CancellationToken cancellationToken)
    {
        var wanted = QueryValue.Of<NotificationStatus>("status", status);
        var most = Paging.Limit(limit);
        var items = await desk.ListAsync(view.Projects, batch, wanted, Paging.After(cursor), most + 1, cancellationToken);
        return TypedResults.Ok(items.Count <= most
            ? new Page<NotificationView> { Items = items }
            : new Page<NotificationView> { Items = [.. items.Take(most)], NextCursor = Cursor.Of(items[most - 1].Id) });
    }

    private static async Task<Results<Ok<NotificationView>, ProblemHttpResult>> GetAsync([Description(IdMeaning)] long id, NotificationAdministration desk,
        CancellationToken cancellationToken) =>
        await desk.FindAsync(id, cancellationToken) is { } view ? TypedResults.Ok(view) : Problems.NotFound($"notification {id}");

    private static async Task<Results<Ok<NotificationView>, ProblemHttpResult>> ResendAsync([Description(IdMeaning)] long id, IfMatch seen,
        NotificationAdministration desk, CancellationToken cancellationToken) =>
        await desk.ResendAsync(id, seen.Precondition(), cancellationToken) switch
        {
            null => Problems.NotFound($"notification {id}"),
            { Done: true, View: var view } => TypedResults.Ok(view),
            { View: var view } => Problems.Of(ProblemTypes.Refused,
                view.Kind == "test" ? (Sentence)"A test notice cannot be sent again; send a new one."
                : view.Status == "sending" ? (Sentence)"The notification is being sent at this moment."
                : (Sentence)$"The channel '{view.Channel}' is no longer configured.")
        };

    private static async Task<Results<Ok<NotificationView>, ProblemHttpResult>> TestAsync(JsonBody<TestNotification> body, HttpContext http,
        NotificationAdministration desk, CancellationToken cancellationToken)
    {
        switch (await desk.TestAsync(body.Value.Channel, Caller.Of(http).Operator, cancellationToken))
        {
            case null:
                return Problems.NotFound($"channel '{body.Value.Channel}'; known: {string.Join(", ", desk.Channels)}");
            case { Row: null, Wait: var wait }:
                http.Response.Headers.RetryAfter = Seconds(wait);
                return Problems.Of(ProblemTypes.TooManyRequests, "The rate limit of the channel's service is used up for now.");
            case { Row: { } row, Verdict: ChannelVerdict.Ok }:
                return TypedResults.Ok(row);
            case { Row: { } row, Verdict: var verdict }:
                return Problems.Of(ProblemTypes.ChannelRefused, Sentence.Quote(row.LastError),
                    new Dictionary<string, object?> { ["notification"] = row, ["isFinal"] = verdict == ChannelVerdict.Stop });
        }
    }

    private static string Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
