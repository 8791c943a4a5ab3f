using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.DeployService.Tests.Support;

/// <summary>Answers every instant query with the value it was told; with no value, with no data.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakePrometheus(WebApplication app) => _app = app;

    public double? Value { get; set; }

    public ConcurrentQueue<string> Queries { get; } = [];

    public ConcurrentQueue<DateTimeOffset> AskedAt { get; } = [];

    public string Url => _app.Urls.First();

    public static async Task<FakePrometheus> StartAsync(double? value)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var fake = new FakePrometheus(app) { Value = value };
        app.MapGet("/api/v1/query", (string query) =>
        {
            fake.Queries.Enqueue(query);
            fake.AskedAt.Enqueue(TimeProvider.System.GetUtcNow());
            object[] result = fake.Value is { } v
                ? [new { metric = new { }, value = new object[] { 1_700_000_000.5, v.ToString(CultureInfo.InvariantCulture) } }] : [];
            return Results.Json(new { status = "success", data = new { resultType = "vector", result } });
        });
        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
