using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.DeployService.Kubernetes;
using DevopsCd.DeployService.Tests.Support;
using DevopsCd.Testing;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.DeployService.Tests;

public sealed class The_api(TestCluster cluster)
{
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Names_every_wrong_field_and_what_is_allowed()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var good = given.Request("shop", "registry.example/app:2");

        var several = await ErrorsAsync(given, new { cluster = "test", image = "not an image", timeoutSeconds = 0, surprise = 1, strategy = new { } });
        var strategy = await ErrorsAsync(given, given.Request("shop", "registry.example/app:2", new { type = "wishful" }));
        var settings = await ErrorsAsync(given,
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 120 } }, speed = 3 }));
        var unfit = await ErrorsAsync(given,
            given.Request("shop", "registry.example/app:2", new { type = "canary", steps = new[] { new { weight = 20 } } }, "StatefulSet"));
        var where = await ErrorsAsync(given, good with { Cluster = "mars" });
        var space = await ErrorsAsync(given, good with { Namespace = "elsewhere" });
        var workload = await ErrorsAsync(given, given.Request("nobody", "registry.example/app:2"));
        var container = await ErrorsAsync(given, good with { Workload = good.Workload with { Container = "sidecar" } });

        several.Keys.Order().ShouldBe(
            ["application", "image", "namespace", "stage", "strategy.type", "surprise", "timeoutSeconds", "workload.kind", "workload.name"]);
        strategy["strategy.type"].Single().ShouldContain("known: rolling, recreate, canary, blue-green, argo-rollouts, argocd, flux, helm");
        settings.Keys.Order().ShouldBe(["strategy.speed", "strategy.steps[0].weight"]);
        unfit["strategy.type"].Single().ShouldContain("for that kind: rolling");
        where["cluster"].Single().ShouldContain("known: test");
        space["namespace"].Single().ShouldContain($"known: {given.Namespace}");
        workload["workload.name"].Single().ShouldContain("known: shop");
        container["workload.container"].Single().ShouldContain("known: app");
    }

    [Theory, InlineData("health/live"), InlineData("openapi/v1.json"), InlineData("api/v1/deployments/unknown")]
    public async Task Answers_HEAD_with_the_status_and_type_of_GET(string path)
    {
        await using var given = await Given.ServiceAsync(cluster);

        using var got = await given.Http.GetAsync(path);
        using var headed = await given.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, path));

        (headed.StatusCode, headed.Content.Headers.ContentType?.ToString()).ShouldBe((got.StatusCode, got.Content.Headers.ContentType?.ToString()));
        (await got.Content.ReadAsByteArrayAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Says_what_to_do_about_what_it_cannot_take()
    {
        await using var given = await Given.ServiceAsync(cluster);

        using var text = await given.Http.PutAsync("api/v1/deployments/op-1", new StringContent("{}", Encoding.UTF8, "text/plain"));
        using var empty = await given.Http.PutAsync("api/v1/deployments/op-1", new StringContent("", Encoding.UTF8, "application/json"));
        using var method = await given.Http.DeleteAsync("api/v1/deployments/op-1");
        using var path = await given.Http.GetAsync("api/v1/deployment/op-1");
        var strategy = await ErrorsAsync(given, new { strategy = "canary" });

        (await ProblemAsync(text)).ShouldBe((415, "urn:devopscd:deploy:json-needed", "send the body with Content-Type: application/json"));
        (await ProblemAsync(empty)).ShouldBe((400, "urn:devopscd:deploy:unreadable", "there is no body; send the operation as JSON"));
        (await ProblemAsync(method)).ShouldBe((405, "urn:devopscd:deploy:no-such-method", "this path accepts GET, PUT"));
        (await ProblemAsync(path)).ShouldBe(
            (404, "urn:devopscd:deploy:no-such-path", "there is nothing under this path; /openapi/v1.json lists the paths that exist"));
        strategy["strategy"].ShouldBe(["""must be an object like {"type": "rolling"}"""]);
    }

    [Fact]
    public async Task Is_not_ready_before_there_is_a_place_for_its_records()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var place = $"{given.Records}-late";
        given.Settings["deploy_service:records:namespace"] = place;
        await using var service = await ServiceInProcess.StartAsync(given.Settings, whenReady: false);

        using var early = await service.Http.GetAsync("health/ready");
        await cluster.Api.CreateAsync(KubeResource.Namespaces, null, new { apiVersion = "v1", kind = "Namespace", metadata = new { name = place } },
            dryRun: false, default);
        using var late = await Eventually.Sees(() => service.Http.GetAsync("health/ready"), a => a.IsSuccessStatusCode, "the service is ready");
        await cluster.Api.DeleteAsync(KubeResource.Namespaces, null, place, default);

        early.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Knows_its_callers_by_their_keys_and_keeps_each_in_his_scope()
    {
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:keys:1:name", "guest"), ("deploy_service:keys:1:sha256", Given.HashOf("guest-key")),
            ("deploy_service:keys:1:clusters:0", "test"), ("deploy_service:keys:1:namespaces:0", "somewhere-else"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));

        var none = await StatusAsync(given, null, HttpMethod.Get, "api/v1/deployments/op-1");
        var wrong = await StatusAsync(given, "nobody's", HttpMethod.Get, "api/v1/deployments/op-1");
        var guestReads = await StatusAsync(given, "guest-key", HttpMethod.Get, "api/v1/deployments/op-1");
        var guestWrites = await StatusAsync(given, "guest-key", HttpMethod.Put, "api/v1/deployments/op-2", given.Request("shop", "registry.example/app:3"));
        var guestStops = await StatusAsync(given, "guest-key", HttpMethod.Post, "api/v1/deployments/op-1/stop");

        (none, wrong, guestReads, guestWrites, guestStops).ShouldBe((401, 401, 404, 403, 404));
    }

    [Fact]
    public async Task Knows_a_caller_by_either_key_while_one_replaces_the_other()
    {
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:keys:0:sha256", $"{Given.HashOf(Given.Key)},{Given.HashOf("the next key")}"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));

        var before = await StatusAsync(given, Given.Key, HttpMethod.Get, "api/v1/deployments/op-1");
        var after = await StatusAsync(given, "the next key", HttpMethod.Get, "api/v1/deployments/op-1");
        var wrong = await StatusAsync(given, "nobody's", HttpMethod.Get, "api/v1/deployments/op-1");

        (before, after, wrong).ShouldBe((200, 200, 401));
    }

    [Fact]
    public async Task Limits_the_rate_and_the_length_of_what_it_is_sent()
    {
        await using var given = await Given.ServiceAsync(cluster,
            ("deploy_service:limits:body_bytes", "2000"), ("deploy_service:limits:burst", "8"), ("deploy_service:limits:requests_per_second", "1"),
            ("deploy_service:limits:anonymous_per_minute", "5"));
        var tooLong = new List<HttpStatusCode>();
        foreach (var (length, chunked) in ((int, bool)[])[(3000, true), (3000, false), (8_000_000, true), (8_000_000, false)])
        {
            using var body = JsonContent.Create(given.Request("shop", "registry.example/app:2") with { Labels = new() { ["text"] = new string('x', length) } });
            if (!chunked)
                await body.LoadIntoBufferAsync();
            using var answer = await given.Http.PutAsync("api/v1/deployments/op-1", body);
            tooLong.Add(answer.StatusCode);
        }
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => given.Http.GetAsync($"api/v1/deployments/op-{i}")));
        var strangers = new List<int>();
        for (var i = 0; i < 7; i++)
            strangers.Add(await StatusAsync(given, "guess-" + i, HttpMethod.Get, "api/v1/deployments/op-1"));

        tooLong.ShouldAllBe(status => status == HttpStatusCode.RequestEntityTooLarge);
        var refused = answers.Where(a => a.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        refused.Count.ShouldBeGreaterThanOrEqualTo(10);
        refused[0].Headers.RetryAfter.ShouldNotBeNull();
        refused[0].Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        strangers.ShouldBe([401, 401, 401, 401, 401, 429, 429]);
    }

    [Fact]
    public async Task Waits_for_no_body_of_a_stranger_and_not_long_for_that_of_a_caller()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        given.Settings["deploy_service:limits:body_timeout"] = "1s";
        await using var service = await ServiceInProcess.StartAsync(given.Settings, onSocket: true);

        var caller = await StatusOfTrickleAsync(service.Http.BaseAddress!, Given.Key);
        var stranger = await StatusOfTrickleAsync(service.Http.BaseAddress!, "a-guess");

        caller.ShouldStartWith("HTTP/1.1 408");
        stranger.ShouldStartWith("HTTP/1.1 401");
    }

    [Fact]
    public async Task Answers_what_cannot_be_read_or_is_not_there_as_a_problem()
    {
        await using var given = await Given.ServiceAsync(cluster);

        using var broken = await given.Http.PutAsync("api/v1/deployments/op-1", new StringContent("{", Encoding.UTF8, "application/json"));
        using var unknown = await given.Http.GetAsync("api/v1/deployments/never");
        using var id = await given.Http.PutAsJsonAsync("api/v1/deployments/a%20b", given.Request("shop", "x"), Json.Options);

        foreach (var (answer, status, type) in new[] { (broken, 400, "unreadable"), (unknown, 404, "operation-unknown"), (id, 422, "wrong-fields") })
        {
            ((int)answer.StatusCode).ShouldBe(status);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            var problem = (await answer.Content.ReadFromJsonAsync<DeployProblem>(Json.Options))!;
            problem.Type.ShouldBe($"urn:devopscd:deploy:{type}");
            problem.TraceId.ShouldNotBeNullOrEmpty();
        }
    }

    [Theory]
    [InlineData("labels", """{"a":"1","a":"2"}""", 400)]
    [InlineData("strategy", """{"type":"rolling","onStop":"pause","onStop":"return"}""", 400)]
    [InlineData("application", """ "\ud800" """, 400)]
    [InlineData("\\udfff", "1", 400)]
    [InlineData("image", """ "registry.example/app:2\n" """, 422)]
    [InlineData("workload", """{"kind":"Deployment","name":"shop\n"}""", 422)]
    [InlineData("strategy", """{"type":"canary","steps":[{"weight":10,"pause":"\u0665m"}]}""", 422)]
    [InlineData("strategy", """{"type":"canary","steps":[{"weight":10}],"analysis":{"query":"up","min":1e999}}""", 422)]
    public async Task Refuses_rubbish_instead_of_failing_over_it(string field, string value, int status)
    {
        await using var given = await Given.ServiceAsync(cluster, ("deploy_service:clusters:test:prometheus", "http://127.0.0.1:9"));
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        var fields = new Dictionary<string, string>
        {
            ["application"] = "\"shop\"",
            ["stage"] = "\"pre\"",
            ["cluster"] = "\"test\"",
            ["namespace"] = $"\"{given.Namespace}\"",
            ["workload"] = """{"kind":"Deployment","name":"shop"}""",
            ["image"] = "\"registry.example/app:2\""
        };

        var good = await StatusOfAsync("op%0A");
        fields[field] = value;
        var bad = await StatusOfAsync("op-1");

        (good, bad).ShouldBe((422, status));
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.ShouldBeEmpty();

        async Task<int> StatusOfAsync(string id)
        {
            var body = $"{{{string.Join(",", fields.Select(f => $"\"{f.Key}\":{f.Value}"))}}}";
            using var answer = await given.Http.PutAsync($"api/v1/deployments/{id}", new StringContent(body, Encoding.UTF8, "application/json"));
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            return (int)answer.StatusCode;
        }
    }

    [Fact]
    public async Task Tells_how_it_is_and_what_it_did()
    {
        await using var given = await Given.ServiceAsync(cluster);
        await cluster.GivenDeploymentAsync(given.Namespace, "shop");
        await given.DeployAsync("op-1", given.Request("shop", "registry.example/app:2"));
        await given.UntilAsync("op-1", DeployPhases.Succeeded);
        given.Http.DefaultRequestHeaders.Clear();

        (await given.Http.GetAsync("health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await given.Http.GetAsync("health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var metrics = await Eventually.Sees(() => given.Http.GetStringAsync("metrics"), m => m.Contains("phase=\"succeeded\"", StringComparison.Ordinal),
            "the metrics know it");

        foreach (var name in new[] { "devopscd_deploy_operations_ended", "devopscd_deploy_operations_duration_seconds", "devopscd_deploy_api_calls_total" })
            metrics.ShouldContain(name);
        metrics.ShouldNotContain(Given.Key);
    }

    [Fact]
    public async Task Has_a_name_a_summary_and_a_policy_on_every_route_and_the_document_says_so()
    {
        await using var given = await Given.NothingYetAsync(cluster);
        var service = await given.StartAsync();
        var routes = service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(r => r.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal)).ToList();

        var document = JsonDocument.Parse(await given.Http.GetStringAsync("openapi/v1.json"));

        routes.Count.ShouldBe(8);
        foreach (var route in routes)
        {
            route.Metadata.GetMetadata<IEndpointNameMetadata>().ShouldNotBeNull(route.RoutePattern.RawText);
            route.Metadata.GetMetadata<IEndpointSummaryMetadata>().ShouldNotBeNull(route.RoutePattern.RawText);
            route.Metadata.GetMetadata<IAuthorizeData>().ShouldNotBeNull(route.RoutePattern.RawText);
        }
        // The committed document is what the service serves; DEVOPSCD_UPDATE_CONTRACTS=1 before this test writes it anew.
        var committed = Repository.PathTo("contracts", "openapi", "deploy-service.json");
        var served = JsonSerializer.Serialize(document.RootElement, s_readable) + "\n";
        if (Environment.GetEnvironmentVariable("DEVOPSCD_UPDATE_CONTRACTS") == "1")
            await File.WriteAllTextAsync(committed, served);
        (await File.ReadAllTextAsync(committed)).ShouldBe(served);
    }

    [Fact]
    public async Task Checks_beforehand_without_writing_anything()
    {
        // Under a name of its own: meters are the process's, and other tests ask the same API server meanwhile.
        await using var given = await Given.NothingYetAsync(cluster);
        foreach (var (key, value) in given.Settings.Where(s => s.Key.StartsWith("deploy_service:clusters:test:", StringComparison.Ordinal)).ToList())
        {
            given.Settings.Remove(key);
            given.Settings[key.Replace(":test:", ":counted:", StringComparison.Ordinal)] = value;
        }
        await given.StartAsync();
        var before = await cluster.GivenDeploymentAsync(given.Namespace, "shop");

        DeployOperationRequest[] operations =
        [
            given.Request("shop", "registry.example/app:2") with { Cluster = "counted" },
            given.Request("shop", before.Image()!) with { Cluster = "counted" },
            given.Request("nobody", "registry.example/app:2") with { Cluster = "counted" }
        ];
        var view = await given.PreflightAsync(operations);
        var inspected = await given.InspectAsync(operations);

        view.Ok.ShouldBeFalse();
        view.Results.Select(r => r.Ok).ShouldBe([true, true, false]);
        view.Results[0].Changes.ShouldBe([new DeployPreflightChange { Container = "app", From = "registry.example/app:1", To = "registry.example/app:2" }]);
        view.Results[1].Changes.ShouldBeEmpty();
        view.Results[2].Problems["workload.name"].Single().ShouldContain("known: shop");
        inspected.Results.Select(r => (r.Ok, r.Changes.Select(c => c.From).FirstOrDefault()))
            .ShouldBe([(true, "registry.example/app:1"), (true, null), (false, null)]);
        // Six rights, asked for once and not once for each operation.
        (await given.Http.GetStringAsync("metrics")).Split('\n').Single(l => l.StartsWith("devopscd_deploy_api_calls_total", StringComparison.Ordinal)
            && l.Contains("selfsubjectaccessreviews", StringComparison.Ordinal) && l.Contains("counted", StringComparison.Ordinal))
            .Split('}')[1].Trim().Split(' ')[0].ShouldBe("6");
        (await given.DeploymentAsync("shop")).ResourceVersion.ShouldBe(before.ResourceVersion);
        (await cluster.Api.ListAsync(KubeResource.ConfigMaps, given.Records, "devopscd.io/record=operation", null, default)).Items.ShouldBeEmpty();
    }

    private static async Task<Dictionary<string, string[]>> ErrorsAsync(Given given, object body)
    {
        using var answer = await given.PutAsync("op-x", body);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<DeployProblem>(Json.Options))!.Errors!;
    }

    /// <summary>Announces a body, sends its first byte and waits for the answer.</summary>
    private static async Task<string> StatusOfTrickleAsync(Uri service, string key)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Host, service.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /api/v1/deployments/op-1 HTTP/1.1\r\nHost: {service.Authority}\r\nX-API-Key: {key}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)) ?? "";
    }

    private static async Task<(int Status, string? Type, string? Detail)> ProblemAsync(HttpResponseMessage answer)
    {
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)answer.StatusCode, problem.Text("type"), problem.Text("detail"));
    }

    private static async Task<int> StatusAsync(Given given, string? key, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: Json.Options) };
        given.Http.DefaultRequestHeaders.Remove("X-API-Key");
        if (key is not null)
            request.Headers.Add("X-API-Key", key);
        using var answer = await given.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
