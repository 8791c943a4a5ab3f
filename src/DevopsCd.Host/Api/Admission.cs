using System.Threading.RateLimiting;
using DevopsCd.Core.Configuration;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Api;

/// <summary>
/// In front of the connection pool: so many requests work at once, so many wait for a short while in the order they came, and the rest is
/// told to come again, before anything was begun. Whoever is admitted finds a connection and gets an answer. It stands behind the reading
/// of the body, so that slow senders hold no place.
/// </summary>
internal sealed class Admission : IEndpointFilter, IAsyncDisposable
{
    public const int MostWaiting = 400;

    /// <summary>Longer a request does not wait for its turn: less than the usual deadline, so that the answer can say that nothing was begun.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    private readonly TimeProvider _clock;
    private readonly ConcurrencyLimiter _places;

    public Admission(StorageOptions storage, TimeProvider clock) : this(storage.RequestsAtOnce, MostWaiting, clock)
    {
    }

    public Admission(int atOnce, int waiting, TimeProvider clock)
    {
        _clock = clock;
        _places = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = atOnce,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst
        });
    }

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (http.GetEndpoint()?.Metadata.GetMetadata<NeedsNoPlace>() is not null)
        {
            http.Features.Get<WorkTime>()?.Begin();
            return await next(context);
        }
        using var place = await PlaceAsync(http);
        if (!place.IsAcquired)
            return TooMany(http);
        // The time for the work begins when the work does.
        http.Features.Get<WorkTime>()?.Begin();
        return await next(context);
    }

    public ValueTask DisposeAsync() => _places.DisposeAsync();

    private async Task<RateLimitLease> PlaceAsync(HttpContext http)
    {
        var place = _places.AttemptAcquire();
        if (place.IsAcquired)
            return place;
        using var patience = new CancellationTokenSource(LongestWait, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, http.RequestAborted);
        try
        {
            return await _places.AcquireAsync(1, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return place;
        }
    }

    private static ProblemHttpResult TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "2";
        return Problems.Of(ProblemTypes.Unavailable, "Too many requests are in progress. This one was not started; send it again.");
    }
}
