using System.ComponentModel;
using System.Text.Json;
using System.Threading.RateLimiting;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Host.Access;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/intake</c>: webhooks of CI systems and registries. Stored as they are, read afterwards.</summary>
internal static class IntakeEndpoints
{
    // Their values are secrets: what is stored must not repeat them.
    private static readonly HashSet<string> s_unkept = new(["Authorization", "X-Intake-Token", "X-Gitlab-Token", "Cookie"], StringComparer.OrdinalIgnoreCase);

    private const string Limit = "webhooks";

    private static readonly RawBody s_webhook = new("The webhook as its sender composes it.", "application/json", "application/x-www-form-urlencoded");

    public static void AddIntakeApi(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = async (rejected, _) =>
        {
            rejected.HttpContext.Response.Headers.RetryAfter = "1";
            await Problems.Of(ProblemTypes.TooManyRequests, null).ExecuteAsync(rejected.HttpContext);
        };
        limits.AddPolicy(Limit, http =>
        {
            var limit = http.RequestServices.GetRequiredService<WebhookOptions>().RateLimit;
            var source = http.GetRouteValue("source") is string name ? http.RequestServices.GetRequiredService<WebhookSources>()[name]?.Name : null;
            // Strangers' names share one bucket: inventing names must not make buckets.
            return RateLimitPartition.GetTokenBucketLimiter((source ?? "", http.Connection.RemoteIpAddress?.ToString() ?? ""),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = limit,
                    TokensPerPeriod = Math.Max(1, limit / 10),
                    ReplenishmentPeriod = TimeSpan.FromMilliseconds(100)
                });
        });
    });

    public static void MapIntake(this IEndpointRouteBuilder api)
    {
        var intake = api.MapGroup("/intake").WithTags("Build intake");
        // Not "try": what that route refuses for its content type must not be taken for a webhook.
        intake.MapPost("/{source:regex(^(?!try$))}", TakeAsync).ProvesItself()
            .WithMetadata(new AllowSystemCaller(), s_webhook, new Unkeyed("A delivery is known by its own id and body.")).RequireRateLimiting(Limit)
            .Named("TakeWebhook", "Receive a webhook of a CI system or a registry",
                "The sender proves itself as its kind does, for example with `X-Hub-Signature-256`, `X-Gitlab-Token` or `X-Intake-Token`. The webhook is stored as it is and read afterwards; `ListWebhooks` shows the outcome.")
            .Answers(202, "The webhook is stored and will be read.").Refuses(ProblemTypes.Unauthorized);
        intake.MapPost("/try", TryAsync).Requires(Permissions.ApplicationManage, RightsOf.Everything)
            .WithMetadata(new Unkeyed("Nothing is changed.")).RequireRateLimiting(Limit)
            .Named("TryWebhook", "Show what a webhook would lead to; nothing is stored").Answers(200, "What the webhook would lead to.");
        intake.MapGet("/deliveries", ListAsync).Requires(Permissions.View, RightsOf.Everything)
            .Named("ListWebhooks", "List received webhooks, newest first").Answers(200, "One page of webhooks.");
    }

    private static async Task<Results<Accepted<WebhookTaken>, ProblemHttpResult>> TakeAsync(
        [Description("The name of a configured source, for example `github`.")] string source, HttpContext http, WebhookSources sources, DeliveryStore store,
            TimeProvider clock, CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        await http.Request.Body.CopyToAsync(received, cancellationToken);
        var body = received.ToArray();
        var request = new WebhookRequest(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), body, clock.GetUtcNow());
        if (!sources.IsGenuine(source, request))
            return Problems.Of(ProblemTypes.Unauthorized, null);
        if (UnreadableBody.Of(sources[source]!, request) is { } unreadable)
            return Problems.Of(unreadable.IsMediaType ? ProblemTypes.JsonRequired : ProblemTypes.Unreadable, Sentence.Quote(unreadable.Why));

        var hash = WebhookDelivery.HashOf(body);
        var delivery = new WebhookDelivery
        {
            Source = source,
            // Rows are written together: an id that no database keeps would take the others with it.
            DeliveryId = sources[source]!.DeliveryOf(request) is { Length: <= 200 } id && id.All(c => c is >= ' ' and <= '~') ? id : hash,
            ReceivedAt = request.ReceivedAt,
            Headers = JsonSerializer.Serialize(request.Headers.Where(h => !s_unkept.Contains(h.Key)).ToDictionary()),
            Body = body,
            BodyHash = hash,
        };
        try
        {
            await store.StoreAsync(delivery, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What is not stored was not taken: the sender has to send it again.
            http.Response.Headers.RetryAfter = "5";
            return Problems.Of(ProblemTypes.Unavailable, "The webhook could not be stored; send it again.");
        }

        return TypedResults.Accepted((string?)null, new WebhookTaken { DeliveryId = delivery.DeliveryId });
    }

    private static async Task<Ok<WebhookTried>> TryAsync(
        JsonBody<WebhookTry> sent, WebhookTrial trial, TimeProvider clock, CancellationToken cancellationToken)
    {
        var body = sent.Value;
        var request = new WebhookRequest(body.Headers ?? new Dictionary<string, string>(), JsonSerializer.SerializeToUtf8Bytes(body.Body), clock.GetUtcNow());
        return TypedResults.Ok(await trial.TryAsync(body.Source, request, cancellationToken));
    }

    private static async Task<Ok<Page<WebhookView>>> ListAsync(
        [Description("One of `pending`, `applied`, `ignored`, `unmatched` and `failed`; without it all.")] string? status,
        [Description(Paging.CursorMeaning)] string? cursor, [Description(Paging.LimitMeaning)] int? limit, DeliveryQueries deliveries,
        CancellationToken cancellationToken)
    {
        var count = Paging.Limit(limit);
        var found = await deliveries.ListAsync(QueryValue.Of<DeliveryStatus>("status", status), Paging.After(cursor), count + 1, cancellationToken);
        return TypedResults.Ok(new Page<WebhookView>
        {
            Items = [.. found.Take(count)],
            NextCursor = found.Count > count ? Cursor.Of(found[count - 1].Id) : null,
        });
    }
}
