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

    /// <summary>Asks a real host in its place; what it has answered.</summary>
    public static async Task<string> ForwardAsync(HttpContext context, HttpClient host, params (string Name, string? Value)[] headers)
    {
        var address = $"{context.Request.Path}{context.Request.QueryString}".TrimStart('/');
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), address);
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }
        foreach (var (name, value) in headers.Concat(new[] { "Idempotency-Key", "If-None-Match", "Authorization" }
            .Select(name => (Name: name, Value: (string?)context.Request.Headers[name]))))
            if (value is not null)
                request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await host.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        context.Response.StatusCode = (int)answer.StatusCode;
        if (answer.Headers.ETag is { } tag)
            context.Response.Headers.ETag = $"{tag}";
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (body.Length > 0)
            await context.Response.WriteAsync(body, TestContext.Current.CancellationToken);
        return body;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
