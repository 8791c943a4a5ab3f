using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.RateLimiting;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Api;

/// <summary><c>/api/v1/intake</c>: webhooks of CI systems and registries. Stored as they are, read afterwards.</summary>
internal static class IntakeEndpoints
{
    // Their values are secrets: what is stored must not repeat them.
    private static readonly HashSet<string> s_unkept = new(["Authorization", "X-Intake-Token", "X-Gitlab-Token", "Cookie"], StringComparer.OrdinalIgnoreCase);

    public static void AddIntakeApi(this IServiceCollection services) => services.AddSingleton(provider =>
    {
        var limit = provider.GetRequiredService<WebhookOptions>().RateLimit;
        return PartitionedRateLimiter.Create<(string Source, string Address), (string, string)>(key => RateLimitPartition.GetTokenBucketLimiter(
            key, _ => new TokenBucketRateLimiterOptions { TokenLimit = limit, TokensPerPeriod = Math.Max(1, limit / 10), ReplenishmentPeriod = TimeSpan.FromMilliseconds(100) }));
    });

    public static void MapIntake(this IEndpointRouteBuilder api)
    {
        var intake = api.MapGroup("/intake").WithTags("Build intake");
        intake.MapPost("/{source}", Take).WithName("TakeWebhook").WithSummary("Take a webhook of a CI system or a registry").WithMetadata(new SystemCaller());
        intake.MapPost("/try", Try).WithName("TryWebhook").WithSummary("Say what a webhook would come to; nothing is stored");
        intake.MapGet("/deliveries", List).WithName("ListWebhooks").WithSummary("List webhooks, newest first");
    }

    private static async Task<Results<Accepted<WebhookTaken>, ProblemHttpResult>> Take(
        string source, HttpContext http, WebhookSources sources, DeliveryStore store, TimeProvider clock,
        PartitionedRateLimiter<(string Source, string Address)> limiter, CancellationToken cancellationToken)
    {
        // Strangers' names share one bucket: inventing names must not make buckets.
        using var lease = limiter.AttemptAcquire((sources[source]?.Name ?? "", http.Connection.RemoteIpAddress?.ToString() ?? ""));
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "1";
            return Refuse(StatusCodes.Status429TooManyRequests);
        }

        using var received = new MemoryStream();
        await http.Request.Body.CopyToAsync(received, cancellationToken);
        var body = received.ToArray();
        var request = new WebhookRequest(http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), body, clock.GetUtcNow());
        if (!sources.IsGenuine(source, request))
            return Refuse(StatusCodes.Status401Unauthorized);

        var delivery = new WebhookDelivery
        {
            Source = source,
            // Rows are written together: an id that no database keeps would take the others with it.
            DeliveryId = sources[source]!.DeliveryOf(request) is { Length: <= 200 } id && id.All(c => c is >= ' ' and <= '~') ? id : Convert.ToHexStringLower(SHA256.HashData(body)),
            ReceivedAt = request.ReceivedAt,
            Headers = JsonSerializer.Serialize(request.Headers.Where(h => !s_unkept.Contains(h.Key)).ToDictionary()),
            Body = body,
        };
        try
        {
            await store.Store(delivery, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What is not stored was not taken: the sender has to send it again.
            http.Response.Headers.RetryAfter = "5";
            return Refuse(StatusCodes.Status503ServiceUnavailable);
        }

        return TypedResults.Accepted((string?)null, new WebhookTaken { DeliveryId = delivery.DeliveryId });
    }

    private static async Task<Results<Ok<WebhookTried>, ProblemHttpResult>> Try(
        WebhookTry body, WebhookSources sources, BuildMatcher matcher, CdDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (sources[body.Source] is not { } source)
            return TypedResults.Problem(
                $"source '{body.Source}' is unknown; known: {string.Join(", ", sources.Names)}", statusCode: StatusCodes.Status422UnprocessableEntity);

        Reading reading;
        try
        {
            var request = new WebhookRequest(body.Headers ?? new Dictionary<string, string>(), JsonSerializer.SerializeToUtf8Bytes(body.Body), clock.GetUtcNow());
            reading = source.Read(request);
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException or InvalidOperationException)
        {
            return TypedResults.Problem(unreadable.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Not understood");
        }

        var applications = await db.Applications.AsNoTracking()
            .Select(a => new KnownApplication(a.Name, a.Repository, a.DefaultBranch)).ToListAsync(cancellationToken);
        var matches = reading.Builds.Select(b => matcher.Match(body.Source, b, applications)).ToList();
        return TypedResults.Ok(new WebhookTried
        {
            Ignored = reading.Ignored,
            Builds = [.. matches.SelectMany(m => m.Builds)],
            Rules = [.. matches.SelectMany(m => m.Verdicts).Select(v => new WebhookVerdict
            {
                Rule = v.Rule,
                Application = v.Application,
                Matched = v.WhyNot is null,
                WhyNot = v.WhyNot,
            })],
            Problems = [.. matches.SelectMany(m => m.Problems)],
        });
    }

    private static async Task<Results<Ok<Page<WebhookView>>, ProblemHttpResult>> List(
        string? status, string? cursor, int? limit, CdDbContext db, CancellationToken cancellationToken)
    {
        var rows = db.Set<WebhookDelivery>().AsNoTracking();
        if (!string.IsNullOrEmpty(status))
        {
            if (!SnakeCaseConverter<DeliveryStatus>.TryValue(status, out var wanted))
                return TypedResults.Problem("status must be pending, applied, ignored, unmatched or failed", statusCode: StatusCodes.Status422UnprocessableEntity);
            rows = rows.Where(d => d.Status == wanted);
        }

        var count = Paging.Limit(limit);
        if (Paging.After(cursor) is { } before)
            rows = rows.Where(d => d.Id < before);
        var found = await rows.OrderByDescending(d => d.Id).Take(count + 1)
            .Select(d => new { d.Id, d.Source, d.DeliveryId, d.ReceivedAt, d.Status, d.Outcome, d.ProcessedAt }).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<WebhookView>
        {
            Items = [.. found.Take(count).Select(d => new WebhookView
            {
                Id = d.Id,
                Source = d.Source,
                DeliveryId = d.DeliveryId,
                ReceivedAt = d.ReceivedAt,
                Status = SnakeCaseConverter<DeliveryStatus>.Name(d.Status),
                Outcome = d.Outcome,
                ProcessedAt = d.ProcessedAt,
            })],
            NextCursor = found.Count > count ? Cursor.Of(found[count - 1].Id) : null,
        });
    }

    private static ProblemHttpResult Refuse(int status) => TypedResults.Problem(statusCode: status);
}
