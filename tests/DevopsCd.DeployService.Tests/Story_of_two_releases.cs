using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.DeployService.Tests;

/// <summary>
/// A release that fails in pre-production, is mended, goes to production, is taken back after an alarm, and goes there again: engine, broker,
/// database, deploy service and cluster are the real things, and only the pods play.
/// </summary>
public sealed class Story_of_two_releases(TestCluster cluster)
{
    [Fact]
    public async Task From_a_crash_in_pre_production_over_a_rollback_to_the_acceptance()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using var given = await Given.NothingYetAsync(cluster);
        (given.Settings["deploy_service:callback:kind"], given.Settings["deploy_service:callback:url"]) = ("rabbitmq", broker.Uri.ToString());
        await using var service = await ServiceProcess.StartAsync(given.Settings);
        await using var host = await HostProcess.StartNewAsync("story", HostSettings.On(database, broker).With("core__deploy__driver", "http")
            .With("core__k8s__base_url", service.Http.BaseAddress!.ToString()).With("core__k8s__api_key", Given.Key)
            .With("core__deploy__poll_interval", "1s").With("core__notification__provider", "log"));
        var api = CdApi.Patient(host.Http);
        await Task.WhenAll(new[] { "api", "web", "api-live", "web-live" }.Select(name => cluster.GivenDeploymentAsync(given.Namespace, name)));
        foreach (var (name, needs) in new[] { ("api", Array.Empty<string>()), ("web", ["api"]) })
        {
            (await api.AddApplication(name, needs)).Expect();
            (await TargetAsync(api, given, name, "pre", name)).Expect();
            (await TargetAsync(api, given, name, "prod", $"{name}-live")).Expect();
        }
        cluster.Puppets.HasWritten(given.Namespace, before: "DB_PASSWORD=hunter2hunter2\nfatal: no ledger\n");

        // Pre-production fails, and says why.
        await BuildAsync(api, "api", 2, "2");
        await BuildAsync(api, "web", 2, "crash-2");
        var batch = (await api.CreateBatch("the release", "STORY-1", ["api", "web"])).Expect().Id;
        (await api.Raise(batch, "approve")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        var failed = await Eventually.Sees(() => api.Batch(batch), b => b.IsSuccess && b.State == 11 && b.Body.GetProperty("autoDeployBlocked").GetBoolean(),
            "pre-production has failed", TimeSpan.FromMinutes(3));
        var cause = Operations(failed, "web").Single().GetProperty("cause");
        cause.GetProperty("class").GetString().ShouldBe(DeployCauseClasses.Crash);
        cause.GetProperty("lastLines").EnumerateArray().Select(l => l.GetString()).ShouldBe(["DB_PASSWORD=***", "fatal: no ledger"]);

        // The fix is built, the batch is opened for it, and only what is fixed is deployed.
        await BuildAsync(api, "web", 3, "3");
        (await api.Raise(batch, "reopen", "the fix is there")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        var pre = await UntilAsync(api, batch, 22);
        Operations(pre, "api").Count.ShouldBe(1, "it was good");
        Operations(pre, "web").Select(o => o.GetProperty("status").GetString()).ShouldBe(["succeeded", "failed"]);

        // Production, an alarm, and back in the reverse order.
        (await api.Raise(batch, "start_prod_deploy")).Expect();
        await UntilAsync(api, batch, 32);
        (await LiveAsync(given)).ShouldBe(["registry.example/api:2", "registry.example/web:3"]);
        (await api.Raise(batch, "start_prod_rollback", "orders fail")).Expect();
        var back = await UntilAsync(api, batch, 22);
        (await LiveAsync(given)).ShouldBe(["registry.example/app:1", "registry.example/app:1"]);
        var order = new[] { "web", "api" }.Select(name => Operations(back, name).First(o => o.GetProperty("stage").GetString() == "rollback")).ToList();
        order[1].GetProperty("startedAt").GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(order[0].GetProperty("finishedAt").GetDateTimeOffset());

        // The second fix, and the second time in production.
        await BuildAsync(api, "api", 4, "4");
        (await api.Raise(batch, "reopen", "orders are mended")).Expect();
        (await api.Raise(batch, "confirm_tag")).Expect();
        await UntilAsync(api, batch, 22);
        (await api.Raise(batch, "start_prod_deploy")).Expect();
        await UntilAsync(api, batch, 32);
        (await LiveAsync(given)).ShouldBe(["registry.example/api:4", "registry.example/web:3"]);
        (await api.Raise(batch, "final_accept")).Expect();
        await UntilAsync(api, batch, 40);

        var events = (await api.Send(HttpMethod.Get, $"batches/{batch}/events?limit=200")).Expect().Body.GetProperty("items").EnumerateArray()
            .Where(e => e.GetProperty("outcome").GetString() == "accepted").Select(e => e.GetProperty("event").GetString()).ToList();
        events.ShouldBe(
        [
            "approve", "confirm_tag", "start_pre_deploy", "pre_deploy_failed", "reopen", "confirm_tag", "start_pre_deploy", "pre_deploy_completed",
            "start_prod_deploy", "prod_deploy_completed", "start_prod_rollback", "prod_rollback_completed", "reopen", "confirm_tag", "start_pre_deploy",
            "pre_deploy_completed", "start_prod_deploy", "prod_deploy_completed", "final_accept"
        ]);
        host.LogTail.ShouldNotContain("hunter2");
    }

    private static List<System.Text.Json.JsonElement> Operations(CdAnswer batch, string application) =>
        [.. batch.Body.GetProperty("releases").EnumerateArray().Single(r => r.GetProperty("application").GetString() == application)
            .GetProperty("deployments").EnumerateArray()];

    private async Task<IEnumerable<string?>> LiveAsync(Given given) =>
        [(await cluster.DeploymentAsync(given.Namespace, "api-live")).Image(), (await cluster.DeploymentAsync(given.Namespace, "web-live")).Image()];

    /// <summary>Without a digest: the tag tells the puppets what to play.</summary>
    private static async Task BuildAsync(CdApi api, string application, int number, string tag) => (await api.Send(HttpMethod.Post, "builds", new
    {
        application,
        buildNumber = $"{number}",
        branch = "main",
        commitId = $"{number:x40}",
        imageName = $"registry.example/{application}",
        imageTag = tag,
        status = "success"
    })).Expect();

    private static Task<CdAnswer> TargetAsync(CdApi api, Given given, string application, string stage, string workload) => api.Send(HttpMethod.Put,
        $"applications/{application}/targets/{stage}/test", new
        {
            @namespace = given.Namespace,
            workload = new { kind = "Deployment", name = workload, container = "app" },
            strategy = new { type = "rolling" }
        });

    private static async Task<CdAnswer> UntilAsync(CdApi api, long batch, int state) =>
        await Eventually.Sees(() => api.Batch(batch), b => b.IsSuccess && b.State == state, $"the batch is in {state}", TimeSpan.FromMinutes(3));
}
