using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Cli.Tests;

/// <summary>Answers as a service in trouble does; the requests it got are in order.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeService(WebApplication app) => _app = app;

    public ConcurrentQueue<(string Line, string? Key, string? Match)> Requests { get; } = [];

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeService> StartAsync(Func<int, HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new FakeService(builder.Build());
        var count = 0;
        service._app.Run(context =>
        {
            service.Requests.Enqueue(($"{context.Request.Method} {context.Request.Path}", context.Request.Headers["Idempotency-Key"],
                context.Request.Headers.IfMatch));
            return answer(Interlocked.Increment(ref count), context);
        });
        await service._app.StartAsync();
        return service;
    }

    public static Task ProblemAsync(HttpContext context, int status, string type = "about:blank")
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { type, title = "No", status, traceId = "0" }, options: null, "application/problem+json");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
