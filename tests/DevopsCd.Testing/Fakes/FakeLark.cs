using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Testing.Fakes;

/// <summary>
/// A Lark custom bot: checks the signature, holds to 5 cards a second and 100 a minute (code 11232), to 20 KB, and says what is
/// wrong in the body's <c>code</c> with status 200, as the real one does. <see cref="Next"/> scripts troubles.
/// </summary>
public sealed class FakeLark : IAsyncDisposable
{
    public const int TooFrequent = 11232, WrongSignature = 19021, BadRequest = 9499;

    private const int LargestBody = 20 * 1024;

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<LarkCard> _cards = [];
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _troubles = [];
    private readonly Queue<DateTimeOffset> _recent = new();
    private readonly Lock _limits = new();
    private readonly CancellationTokenSource _ends = new();
    private readonly TimeProvider _clock = TimeProvider.System;
    private int _refused;

    private FakeLark(int port)
    {
        var address = $"http://127.0.0.1:{port}";
        Webhook = new Uri($"{address}/open-apis/bot/v2/hook/{Guid.NewGuid():D}");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address);
        _app = builder.Build();
        _app.MapPost(Webhook.AbsolutePath, Take);
    }

    /// <summary>Goes into <c>core:notification:lark_webhook</c>.</summary>
    public Uri Webhook { get; }

    /// <summary>Goes into <c>core:notification:lark_secret</c>.</summary>
    public string Secret { get; } = $"{Guid.NewGuid():N}";

    /// <summary>Cards taken, in the order of arrival.</summary>
    public IReadOnlyList<LarkCard> Cards => [.. _cards];

    /// <summary>Cards refused for being too frequent; a sender that paces itself has none.</summary>
    public int TooFrequentCards => Volatile.Read(ref _refused);

    public static async Task<FakeLark> StartAsync()
    {
        var lark = new FakeLark(FreePort.Next());
        await lark._app.StartAsync().ConfigureAwait(false);
        return lark;
    }

    /// <summary>The next cards are answered with these codes instead of being taken.</summary>
    public void NextCodes(params IEnumerable<int> codes)
    {
        foreach (var code in codes) _troubles.Enqueue(context => Say(context, code, "as scripted"));
    }

    /// <summary>The next card is answered with an HTTP status and no body.</summary>
    public void NextStatus(int status) => _troubles.Enqueue(context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>The next card is never answered.</summary>
    public void NextHangs() => _troubles.Enqueue(async context =>
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _ends.Token);
        await Pause.For(TimeSpan.FromDays(1), either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    });

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync().ConfigureAwait(false);
        await _app.StopAsync().ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _ends.Dispose();
    }

    private async Task Take(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted).ConfigureAwait(false);

        if (_troubles.TryDequeue(out var trouble)) await trouble(context).ConfigureAwait(false);
        else if (buffer.Length > LargestBody) await Say(context, BadRequest, "body too large").ConfigureAwait(false);
        else if (Parse(buffer.ToArray()) is not { } body) await Say(context, BadRequest, "Bad Request").ConfigureAwait(false);
        else if (!IsSigned(body)) await Say(context, WrongSignature, "sign match fail or timestamp is not within one hour from current time")
            .ConfigureAwait(false);
        else if (IsTooFrequent()) await Say(context, TooFrequent, "too many request").ConfigureAwait(false);
        else
        {
            _cards.Enqueue(new(_clock.GetUtcNow(), body.GetProperty("card").Clone(), (int)buffer.Length));
            await Say(context, 0, "success").ConfigureAwait(false);
        }
    }

    private bool IsSigned(JsonElement body)
    {
        if (!body.TryGetProperty("timestamp", out var timestamp) || !body.TryGetProperty("sign", out var sign)) return false;
        if (!long.TryParse(timestamp.ToString(), CultureInfo.InvariantCulture, out var seconds)) return false;
        if ((_clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > TimeSpan.FromHours(1)) return false;

        var key = Encoding.UTF8.GetBytes($"{timestamp}\n{Secret}");
        return sign.GetString() == Convert.ToBase64String(HMACSHA256.HashData(key, Array.Empty<byte>()));
    }

    private bool IsTooFrequent()
    {
        lock (_limits)
        {
            var now = _clock.GetUtcNow();
            while (_recent.Count > 0 && now - _recent.Peek() >= TimeSpan.FromMinutes(1)) _recent.Dequeue();
            var tooFrequent = _recent.Count >= 100 || _recent.Count(at => now - at < TimeSpan.FromSeconds(1)) >= 5;
            if (tooFrequent) Interlocked.Increment(ref _refused);
            else _recent.Enqueue(now);
            return tooFrequent;
        }
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            var parsed = JsonDocument.Parse(body).RootElement;
            return parsed.TryGetProperty("msg_type", out var type) && type.GetString() == "interactive" && parsed.TryGetProperty("card", out _) ? parsed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Task Say(HttpContext context, int code, string message) => context.Response.WriteAsJsonAsync(new { code, msg = message, data = new { } });
}
