using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Core.Tests.Notifications;

/// <summary>What a fake service saw.</summary>
internal sealed record FakeRequest(string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>What it answers.</summary>
internal sealed record FakeReply(int Status, string Body, string? RetryAfter = null, string? Location = null, string? Type = null,
    (string Name, string Value)? Header = null);

/// <summary>A chat service on loopback: keeps every request and answers as told.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private TaskCompletionSource? _gate;
    private bool _holdsBody;
    private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeService(WebApplication app) => _app = app;

    public Func<FakeRequest, FakeReply> Answer { get; set; } = _ => new FakeReply(200, "ok");

    public IReadOnlyList<FakeRequest> Requests => [.. _requests];

    public string Address => _app.Urls.Single();

    /// <summary>Ends when a request is there.</summary>
    public Task Arrived => _arrived.Task;

    public static async Task<FakeService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var service = new FakeService(app);
        app.Run(service.HandleAsync);
        await app.StartAsync();
        return service;
    }

    /// <summary>Requests wait from now on, until <see cref="Release" />.</summary>
    /// <param name="body">The headers of the answers come at once, only their bodies wait.</param>
    public void Hold(bool body = false)
    {
        _holdsBody = body;
        _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release() => _gate?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Release();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var request = new FakeRequest(http.Request.Path, http.Request.QueryString.Value ?? "",
            http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body.ToArray());
        FakeReply reply;
        lock (_requests)
        {
            _requests.Enqueue(request);
            reply = Answer(request);
        }
        if (_holdsBody)
            await http.Response.Body.FlushAsync();
        _arrived.TrySetResult();
        if (_gate is { } gate)
            await gate.Task.WaitAsync(http.RequestAborted);
        http.Response.StatusCode = reply.Status;
        if (reply.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = wait;
        if (reply.Type is { } type)
            http.Response.ContentType = type;
        if (reply.Location is { } location)
            http.Response.Headers.Location = location;
        if (reply.Header is { } header)
            http.Response.Headers[header.Name] = header.Value;
        // A 204 must have no body, not even an empty write.
        if (reply.Body.Length > 0)
            await http.Response.WriteAsync(reply.Body);
    }
}
