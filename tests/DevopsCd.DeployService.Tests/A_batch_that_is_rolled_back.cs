using System.Text.Json;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.DeployService.Tests;

/// <summary>The engine in its process, the service, the cluster; production of three applications, each by a strategy of its own, goes there and back.</summary>
public sealed class A_batch_that_is_rolled_back(TestCluster cluster)
{
    private static readonly (string Name, object Strategy)[] s_shop =
    [
        ("plain", new { type = "rolling" }),
        ("careful", new { type = "canary", steps = new[] { new { weight = 50, pause = "0s" } } }),
        ("switched", new { type = "blue-green", service = "switched", keepOld = "10m" })
    ];

    [Fact]
    public async Task Leaves_every_target_as_it_was_and_each_stage_is_one_trace_over_processes_and_their_death()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        await using var traces = await TraceDashboard.StartAsync();
        var settings = HostSettings.Embedded().With("core__deploy__driver", "http").With("core__k8s__api_key", Given.Key)
            .With("core__deploy__poll_interval", "1s");
        foreach (var (key, value) in traces.Environment)
        {
            settings.With(key, value);
            given.Settings[key] = value;
        }
        await using var host = new HostProcess("rolled-back", settings);
        (given.Settings["deploy_service:callback:kind"], given.Settings["deploy_service:callback:url"]) = ("http", host.BaseUrl.ToString());
        await using var service = await ServiceProcess.StartAsync(given.Settings);
        host.Set("core__k8s__base_url", service.Http.BaseAddress!.ToString());
        await host.StartAsync();
        var api = CdApi.Patient(host.Http);
        await cluster.Api.CreateAsync(KubeResource.Services, given.Namespace, new
        {
            apiVersion = "v1",
            kind = "Service",
            metadata = new { name = "switched" },
            spec = new { selector = new { app = "switched" }, ports = new[] { new { port = 80 } } }
        }, dryRun: false, default);
        foreach (var (name, strategy) in s_shop)
        {
            await cluster.GivenDeploymentAsync(given.Namespace, name, replicas: 2);
            (await api.AddApplication(name, name == "plain" ? [] : ["plain"])).Expect();
            (await api.Send(HttpMethod.Put, $"applications/{name}/targets/prod/test", new
            {
                @namespace = given.Namespace,
                workload = new { kind = "Deployment", name, container = "app" },
                strategy
            })).Expect();
            (await api.AddBuild(name, 2)).Expect();
        }
        var before = await SeenAsync(given);

        var batch = (await api.CreateBatch("there and back", "BACK-1", s_shop.Select(s => s.Name))).Expect().Id;
        (await api.Raise(batch, "approve")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        await UntilAsync(api, batch, 22);
        (await api.Raise(batch, "start_prod_deploy")).Expect();
        await Eventually.Sees(traces.SpansAsync, spans => spans.Any(span => span.Name == "submit"), "production is under way", TimeSpan.FromMinutes(1));
        await host.Kill9Async();
        await host.StartAsync();
        await UntilAsync(api, batch, 32);
        var moved = await SeenAsync(given);
        (await api.Raise(batch, "start_prod_rollback", "orders fail")).Expect();
        await UntilAsync(api, batch, 22);

        moved.ShouldNotBe(before);
        await Eventually.Sees(() => SeenAsync(given), seen => seen == before, "every target is as it was", TimeSpan.FromMinutes(1));
        var plan = (await api.Send(HttpMethod.Get, $"batches/{batch}/plan?stage=rollback")).Expect();
        plan.Body.GetProperty("operations").EnumerateArray().Select(o => $"{o.GetProperty("application").GetString()} {o.GetProperty("status").GetString()}")
            .ShouldBe(["careful succeeded", "switched succeeded", "plain succeeded"], "what the others depend on goes last");
        await IsOneTraceAsync(traces, "prod", "carry out operation");
        await IsOneTraceAsync(traces, "rollback", "take back operation");
    }

    /// <summary>From a person's request over the engine and the service to the service's report of the end.</summary>
    private static async Task IsOneTraceAsync(TraceDashboard traces, string stage, string deed)
    {
        (string Service, string Name)[] parts =
        [
            ("devopscd", "POST /api/v1/batches/{id:long}/events/{batchEvent}"), ("devopscd", $"begin {stage}"), ("devopscd", "submit"),
            ("devopscd-deploy-service", deed), ("devopscd-deploy-service", "report"), ("devopscd", "take report"),
            ("devopscd", "settle"), ("devopscd", $"stage {stage}")
        ];
        var spans = await Eventually.Sees(traces.SpansAsync, all => all.Any(span => span.Name == $"stage {stage}"), $"{stage} is told",
            TimeSpan.FromMinutes(1));
        var trace = spans!.Single(span => span.Name == $"begin {stage}").Trace;
        await Eventually.Sees(
            async () => (await traces.SpansAsync()).Where(span => span.Trace == trace).Select(span => (span.Service, span.Name)).ToHashSet(),
            seen => parts.All(seen.Contains), $"the trace of {stage} is whole", TimeSpan.FromMinutes(1));
        (await traces.SpansAsync()).Where(span => span.Name == deed && span.Trace == trace).Select(span => span.Operation).Distinct().Count()
            .ShouldBe(3);
    }

    /// <summary>Templates, sizes and traffic, and what stands beside them.</summary>
    private async Task<string> SeenAsync(Given given)
    {
        var (_, deployments) = await cluster.Api.ListAsync(KubeResource.Deployments, given.Namespace, null, null, default);
        var service = await cluster.Api.FindAsync(KubeResource.Services, given.Namespace, "switched", default);
        return string.Join('\n', deployments.OrderBy(d => d.Name, StringComparer.Ordinal)
            .Select(d => $"{d.Name} {d.Root.Number("spec", "replicas")} {d.Root.At("spec", "template")!.Value.GetRawText()} {d.Root.At("spec", "strategy")}")
            .Append(JsonSerializer.Serialize(service!.Root.Map("spec", "selector"))));
    }

    private static Task<CdAnswer> UntilAsync(CdApi api, long batch, int state) =>
        Eventually.Sees(() => api.Batch(batch), b => b.IsSuccess && b.State == state, $"the batch is in {state}", TimeSpan.FromMinutes(3));
}
