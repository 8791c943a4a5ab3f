using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Callbacks;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Operations;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DevopsCd.DeployService.Tests;

public sealed class The_callback(TestCluster cluster)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Reports_the_end_over_http_until_the_host_takes_it()
    {
        var reports = new ConcurrentQueue<(string Id, string Key, JsonElement Body)>();
        await using var host = await HostAsync(async (id, request) =>
        {
            reports.Enqueue((id, request.Headers["X-API-Key"].ToString(), await request.ReadFromJsonAsync<JsonElement>()));
            return reports.Count < 2 ? Results.StatusCode(503) : Results.Accepted();
        });
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:callback:kind", "http"), ("deploy_service:callback:url", host.Urls.First()), ("deploy_service:callback:api_key", "callback-key"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:pull-error"));
        await Eventually.IsTrue(() => reports.Count == 2, "the second try has arrived", s_patience);
        await Eventually.Sees(() => cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default),
            r => r.Items.Single().Root.Text("data", "status")!.Contains("reportedAt", StringComparison.Ordinal), "the record says it is reported", s_patience);

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
        await using var host = await HostAsync((_, request) =>
        {
            length = request.ContentLength;
            Interlocked.Increment(ref sent);
            return Task.FromResult(Results.StatusCode(503));
        });
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:callback:kind", "http"), ("deploy_service:callback:url", host.Urls.First()));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        var started = Stopwatch.GetTimestamp();
        await Eventually.IsTrue(() => Volatile.Read(ref sent) >= 3, "the third try", s_patience);

        for (var i = 0; i < 40; i++)
            await cluster.Api.MergeAsync(KubeResource.Deployments, given.Namespace, "shop", new { metadata = new { labels = new { touched = $"{i}" } } },
                default);
        await Eventually.IsTrue(() => Volatile.Read(ref sent) >= 4, "the fourth try", s_patience);

        // Tries at 0, 1, 3 and 7 seconds.
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(6));
        length.ShouldNotBeNull();
    }

    [Fact]
    public async Task Is_tried_by_one_replica_at_a_time()
    {
        var sent = 0;
        var started = 0L;
        await using var host = await HostAsync((_, _) =>
        {
            if (Interlocked.Increment(ref sent) == 1)
                started = Stopwatch.GetTimestamp();
            return Task.FromResult(Results.StatusCode(503));
        });
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:callback:kind", "http"), ("deploy_service:callback:url", host.Urls.First()));
        await given.StartAsync();
        await given.StartAsync();
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await Eventually.IsTrue(() => Volatile.Read(ref sent) >= 5, "the fifth try", s_patience);
        var passed = Stopwatch.GetElapsedTime(started);
        var (made, recorded) = (Volatile.Read(ref sent), await ReportAsync(given));

        // Tries at 0, 1, 3, 7 and 15 seconds, whoever makes them; each is in the record before it is made.
        passed.ShouldBeGreaterThan(TimeSpan.FromSeconds(14));
        recorded!.Tries.ShouldBeGreaterThanOrEqualTo(made);
    }

    [Fact]
    public async Task Is_sent_by_another_replica_when_the_one_that_owed_it_has_died()
    {
        var (arrived, sent) = (new TaskCompletionSource(), 0);
        await using var host = await HostAsync(async (id, request) =>
        {
            if (Interlocked.Increment(ref sent) > 1)
                return Results.Accepted();
            arrived.SetResult();
            var gone = new TaskCompletionSource();
            await using var _ = request.HttpContext.RequestAborted.Register(() => gone.TrySetResult());
            await gone.Task;
            return Results.StatusCode(503);
        });
        await using var given = await Given.NothingYetAsync(cluster);
        given.Settings["deploy_service:callback:kind"] = "http";
        given.Settings["deploy_service:callback:url"] = host.Urls.First();
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await using var first = await ServiceProcess.StartAsync(given.Settings);
        using var created = await given.PutAsync("op-1", given.Request("shop", "registry.example/app:2"), first.Http);
        await arrived.Task.WaitAsync(s_patience);

        await first.KillAsync();
        await given.StartAsync();

        await Eventually.Sees(() => ReportAsync(given), r => r is null, "the report is no longer owed", s_patience);
        sent.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Keeps_no_deployment_waiting_when_the_host_hangs()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        using var host = new HangingHost();
        given.Settings["deploy_service:callback:kind"] = "http";
        given.Settings["deploy_service:callback:url"] = "http://127.0.0.1:9";
        given.Settings["deploy_service:rollout:workers"] = "1";
        await given.StartAsync(services => services.AddSingleton<ICallback>(host));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await cluster.GivenDeploymentAsync(given.Namespace, "cart");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await host.Asked.WaitAsync(s_patience);

        await given.DeployAsync("op-2", given.Request("cart", "registry.example/app:2"));
        var ended = await given.UntilAsync("op-2", DeployPhases.Succeeded);

        ended.Reason.ShouldBe("RolledOut");
    }

    [Fact]
    public async Task Publishes_the_end_to_rabbitmq_once_the_exchange_has_a_queue()
    {
        await using var rabbit = await RabbitVirtualHost.CreateAsync();
        await using var given =
            await Given.ServiceAsync(cluster, ("deploy_service:callback:kind", "rabbitmq"), ("deploy_service:callback:url", rabbit.Uri.ToString()));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        // The host has not been there yet: its exchange comes late, and the report is not lost.
        var queue = await rabbit.TapAsync("DevopsCd.Contracts:DeploymentReported");
        var message = await Eventually.Sees(async () => (await rabbit.TakeAsync(queue)).FirstOrDefault(), m => m is not null, "the message", s_patience);

        var body = JsonSerializer.Deserialize<JsonElement>(message!.Body);
        (body.Text("operationId"), body.Text("phase")).ShouldBe(("op-1", "succeeded"));
        message.Properties.ContentType.ShouldBe("application/json");
        Guid.TryParse(message.Properties.MessageId, out _).ShouldBeTrue();
    }

    private static async Task<WebApplication> HostAsync(Func<string, HttpRequest, Task<IResult>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        host.MapPost("/api/v1/deployments/{id}/report", (string id, HttpRequest request) => answer(id, request));
        await host.StartAsync();
        return host;
    }

    /// <summary>What the only record says of the report that it owes.</summary>
    private async Task<ReportTry?> ReportAsync(Given given)
    {
        var (_, records) = await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default);
        return JsonSerializer.Deserialize<OperationStatus>(records.Single().Root.Text("data", "status")!, Json.Options)!.Report;
    }

    /// <summary>Takes a report and does not answer, whatever the caller's patience.</summary>
    private sealed class HangingHost : ICallback, IDisposable
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Kind => CallbackKinds.Http;

        public Task Asked => _asked.Task;

        public void Dispose() => _released.TrySetResult();

        public Task SendAsync(DeploymentReported report, DateTimeOffset endedAt, CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            return _released.Task;
        }
    }
}
