using System.Collections.Concurrent;
using System.Diagnostics;
using DevopsCd.DeployService.Configuration;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Shared;
using DevopsCd.Testing;
using k8s;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.DeployService.Tests;

public sealed class An_api_server_under_strain : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<DeployMetrics>().BuildServiceProvider();

    [Fact]
    public async Task Is_asked_again_when_its_retry_after_has_passed()
    {
        await using var server = await FakeApiServer.StartAsync(async (n, context) =>
        {
            if (n == 1)
            {
                context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                context.Response.Headers.RetryAfter = "2";
                return;
            }
            await context.Response.WriteAsync(Pod("app-1", 7));
        });
        using var api = ApiOf(server);
        var started = Stopwatch.GetTimestamp();

        var pod = await api.GetAsync(KubeResource.Pods, "shop", "app-1", default);

        pod.Name.ShouldBe("app-1");
        server.Requests.Count.ShouldBe(2);
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task Is_out_of_reach_when_it_throttles_every_try()
    {
        await using var server = await FakeApiServer.StartAsync((_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Task.CompletedTask;
        });
        using var api = ApiOf(server);

        var unreachable = await Should.ThrowAsync<ClusterUnreachableException>(() => api.GetAsync(KubeResource.Pods, "shop", "app-1", default));

        unreachable.Message.ShouldContain("429");
        server.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Is_out_of_reach_while_it_refuses_a_token_that_is_being_rotated()
    {
        await using var server = await FakeApiServer.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await context.Response.WriteAsync("""{"kind":"Status","status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""");
        });
        using var api = ApiOf(server);

        var unreachable = await Should.ThrowAsync<ClusterUnreachableException>(() => api.GetAsync(KubeResource.Pods, "shop", "app-1", default));

        unreachable.Message.ShouldContain("refuses the credentials");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Is_listed_again_when_it_has_forgotten_the_version_of_a_watch()
    {
        var lists = 0;
        await using var server = await FakeApiServer.StartAsync(async (_, context) =>
        {
            if (!context.Request.Query.ContainsKey("watch"))
            {
                var items = Interlocked.Increment(ref lists) == 1 ? $"{Pod("old", 5)},{Pod("app-1", 6)}" : Pod("app-1", 90);
                await context.Response.WriteAsync($$"""{"metadata":{"resourceVersion":"{{lists * 100}}"},"items":[{{items}}]}""");
            }
            else if (context.Request.Query["resourceVersion"] == "100")
            {
                await context.Response.WriteAsync(
                    """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old resource version"}}""" + "\n");
            }
            else
            {
                await context.Response.WriteAsync($$"""{"type":"ADDED","object":{{Pod("app-2", 201)}}}""" + "\n");
                await context.Response.Body.FlushAsync();
                await Aborted(context);
            }
        });
        using var api = ApiOf(server);
        await using var cache = new WatchCache(api, KubeResource.Pods, "shop", null, TimeProvider.System, NullLogger.Instance, (_, _) => { });

        cache.Start();

        await Eventually.IsTrue(() => Task.FromResult(cache.TryGet("app-2", out _)), "the second watch stands", TimeSpan.FromSeconds(20));
        cache.Objects.Select(p => p.Name).Order().ShouldBe(["app-1", "app-2"]);
        cache.TryGet("app-1", out var kept).ShouldBeTrue();
        kept!.ResourceVersion.ShouldBe("90");
        lists.ShouldBe(2);
        cache.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Gets_no_more_calls_at_once_than_its_cluster_allows()
    {
        var now = 0;
        var seen = new ConcurrentQueue<int>();
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await FakeApiServer.StartAsync(async (_, context) =>
        {
            var here = Interlocked.Increment(ref now);
            seen.Enqueue(here);
            if (here == 4)
                full.TrySetResult();
            await full.Task;
            // Before the answer: the next call may be here as soon as the caller has it.
            Interlocked.Decrement(ref now);
            await context.Response.WriteAsync(Pod("app-1", 7));
        });
        using var api = ApiOf(server);

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => api.GetAsync(KubeResource.Pods, "shop", "app-1", default)));

        seen.Count.ShouldBe(40);
        seen.Max().ShouldBe(4);
    }

    [Fact]
    public async Task Is_not_listed_without_pause_when_it_ends_every_watch_at_once()
    {
        await using var server = await FakeApiServer.StartAsync((_, context) =>
            context.Response.WriteAsync(context.Request.Query.ContainsKey("watch") ? "" : """{"metadata":{"resourceVersion":"1"},"items":[]}"""));
        using var api = ApiOf(server);
        var clock = new FakeTimeProvider();
        await using var cache = new WatchCache(api, KubeResource.Pods, "shop", null, clock, NullLogger.Instance, (_, _) => { });

        cache.Start();

        // Four rounds of one list and one watch, with three pauses between them that only this clock can end.
        var began = clock.GetUtcNow();
        await Eventually.IsTrue(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            return Task.FromResult(server.Requests.Count >= 8);
        }, "four rounds");
        (clock.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(250 + 500 + 1000));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static async Task Aborted(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        await using var _ = context.RequestAborted.Register(() => aborted.TrySetResult());
        await aborted.Task;
    }

    private static string Pod(string name, int version) =>
        $$"""{"metadata":{"name":"{{name}}","namespace":"shop","uid":"{{name}}","resourceVersion":"{{version}}"} }""";

    private KubeApi ApiOf(FakeApiServer server) => new("test", new ClusterOptions { ParallelCalls = 4, CallTimeout = Duration.Seconds(20) },
        new KubernetesClientConfiguration { Host = server.Url }, _services.GetRequiredService<DeployMetrics>(), TimeProvider.System);
}
