using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DevopsCd.DeployService.Tests;

public sealed class The_callback(TestCluster cluster)
{
    [Fact]
    public async Task Reports_the_end_over_http_until_the_host_takes_it()
    {
        var reports = new ConcurrentQueue<(string Id, string Key, JsonElement Body)>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        host.MapPost("/api/v1/deployments/{id}/report", (string id, HttpRequest request, JsonElement body) =>
        {
            reports.Enqueue((id, request.Headers["X-API-Key"].ToString(), body));
            return reports.Count < 2 ? Results.StatusCode(503) : Results.Accepted();
        });
        await host.StartAsync();
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:callback:kind", "http"), ("deploy_service:callback:url", host.Urls.First()), ("deploy_service:callback:api_key", "callback-key"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:pull-error"));
        await Eventually.IsTrue(() => reports.Count == 2, "the second try has arrived");
        await Eventually.Sees(() => cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default),
            r => r.Items.Single().Root.Text("data", "status")!.Contains("reportedAt", StringComparison.Ordinal), "the record says it is reported");

        var (id, key, body) = reports.Last();
        (id, key).ShouldBe(("op-1", "callback-key"));
        (body.Text("operationId"), body.Text("phase"), body.Text("reason")).ShouldBe(("op-1", "failed", "ImagePullBackOff"));
        reports.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Is_not_sent_more_often_because_something_happens_in_the_namespace()
    {
        var sent = 0;
        long? length = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        host.MapPost("/api/v1/deployments/{id}/report", (HttpRequest request) =>
        {
            length = request.ContentLength;
            Interlocked.Increment(ref sent);
            return Results.StatusCode(503);
        });
        await host.StartAsync();
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:callback:kind", "http"), ("deploy_service:callback:url", host.Urls.First()));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var started = Stopwatch.GetTimestamp();
        await Eventually.IsTrue(() => Volatile.Read(ref sent) >= 3, "the third try");

        for (var i = 0; i < 40; i++)
            await cluster.Api.MergeAsync(KubeResource.Deployments, given.Namespace, "shop", new { metadata = new { labels = new { touched = $"{i}" } } }, default);
        await Eventually.IsTrue(() => Volatile.Read(ref sent) >= 4, "the fourth try");

        // Tries at 0, 1, 3 and 7 seconds.
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(6));
        length.ShouldNotBeNull();
    }

    [Fact]
    public async Task Publishes_the_end_to_rabbitmq_once_the_exchange_has_a_queue()
    {
        await using var rabbit = await RabbitVirtualHost.CreateAsync();
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:callback:kind", "rabbitmq"), ("deploy_service:callback:url", rabbit.Uri.ToString()));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        // The host has not been there yet: its exchange comes late, and the report is not lost.
        var queue = await rabbit.TapAsync("DevopsCd.Contracts:DeploymentReported");
        var message = await Eventually.Sees(async () => (await rabbit.TakeAsync(queue)).FirstOrDefault(), m => m is not null, "the message", TimeSpan.FromSeconds(60));

        var body = JsonSerializer.Deserialize<JsonElement>(message!.Body);
        (body.Text("operationId"), body.Text("phase")).ShouldBe(("op-1", "succeeded"));
        message.Properties.ContentType.ShouldBe("application/json");
        Guid.TryParse(message.Properties.MessageId, out _).ShouldBeTrue();
    }
}
