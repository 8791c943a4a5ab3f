using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Notifications;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/notifications</c>: what was told to whom, and what could not be.</summary>
internal static class NotificationEndpoints
{
    public static void MapNotifications(this IEndpointRouteBuilder api)
    {
        var notifications = api.MapGroup("/notifications").WithTags("Notifications");
        notifications.MapGet("/", List).WithName("ListNotifications").WithSummary("List notifications, newest first");
        notifications.MapPost("/{id:long}/resend", Resend).WithName("ResendNotification").WithSummary("Send a notification again")
            .Produces<NotificationView>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        notifications.MapPost("/test", Test).WithName("TestNotification").WithSummary("Send a test notice to one channel and see its answer")
            .Produces<NotificationView>().ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).ProducesProblem(StatusCodes.Status502BadGateway);
    }

    private static async Task<Page<NotificationView>> List(
        long? batch, string? status, string? cursor, int? limit, NotificationDesk desk, CancellationToken cancellationToken)
    {
        NotificationStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
            wanted = SnakeCaseConverter<NotificationStatus>.TryValue(status, out var known)
                ? known
                : throw BatchRefused.Content("status", "must be pending, sending, sent, failed or superseded");
        var most = Paging.Limit(limit);
        var items = await desk.ListAsync(batch, wanted, Paging.After(cursor), most + 1, cancellationToken);
        return items.Count <= most
            ? new Page<NotificationView> { Items = items }
            : new Page<NotificationView> { Items = [.. items.Take(most)], NextCursor = Cursor.Of(items[most - 1].Id) };
    }

    private static async Task<IResult> Resend(long id, NotificationDesk desk, CancellationToken cancellationToken) =>
        await desk.ResendAsync(id, cancellationToken) switch
        {
            null => TypedResults.Problem($"There is no notification {id}.", statusCode: StatusCodes.Status404NotFound),
            { Done: true, View: var view } => TypedResults.Ok(view),
            { View: var view } => TypedResults.Problem(
                view.Kind == "test" ? "A test notice is not sent again; make a new one."
                : view.Status == "sending" ? "It is being sent in this moment."
                : $"The channel '{view.Channel}' is not configured any more.",
                statusCode: StatusCodes.Status409Conflict, title: "Refused")
        };

    private static async Task<IResult> Test(TestNotification body, HttpContext http, NotificationDesk desk, CancellationToken cancellationToken)
    {
        switch (await desk.TestAsync(body.Channel, OperatorFilter.Of(http), cancellationToken))
        {
            case null:
                return TypedResults.Problem($"There is no channel of this name; known: {string.Join(", ", desk.Channels)}", statusCode: StatusCodes.Status404NotFound);
            case { Row: null, Wait: var wait }:
                http.Response.Headers.RetryAfter = Seconds(wait);
                return TypedResults.Problem("The channel's service allows no further message in this moment.", statusCode: StatusCodes.Status429TooManyRequests);
            case { Row: { } row, Verdict: ChannelVerdict.Ok }:
                return TypedResults.Ok(row);
            case { Row: { } row, Verdict: var verdict }:
                return TypedResults.Problem(row.LastError, statusCode: StatusCodes.Status502BadGateway, title: "The channel's service did not take the notice",
                    extensions: new Dictionary<string, object?> { ["notification"] = row, ["isFinal"] = verdict == ChannelVerdict.Stop });
        }
    }

    private static string Seconds(TimeSpan wait) => Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
