using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Intake;

/// <summary>Intake in the embedded mode: what is taken, what is refused, and what becomes of it.</summary>
public sealed class Webhooks_of_a_running_host
{
    private const string Secret = "s3cret";

    [Fact]
    public async Task Become_builds_once_with_their_digest()
    {
        await using var registry = new FakeRegistry { Failing = 1 };
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        (await api.AddApplication("order")).Expect();
        var body = WorkflowRun(number: 128, attempt: 1, "success");

        (await Post(host, "github", body, Signed(body), delivery: "d-1")).ShouldBe(HttpStatusCode.Accepted);
        (await Post(host, "github", body, Signed(body), delivery: "d-1")).ShouldBe(HttpStatusCode.Accepted);

        var builds = await Eventually.Sees(() => Builds(api), found => found.Count > 0, "the build is stored");
        builds.ShouldHaveSingleItem().GetProperty("buildNumber").GetString().ShouldBe("128");
        builds[0].GetProperty("imageDigest").GetString().ShouldBe(FakeRegistry.Digest);
        registry.Manifests.ShouldBe(["HEAD /v2/shop/order/manifests/128"]);
        // The build is committed a moment before the delivery is decided.
        var decided = await Eventually.Sees(() => Deliveries(api), found => found.All(d => d.GetProperty("status").GetString() == "applied"),
            "the delivery is decided");
        decided.ShouldHaveSingleItem().GetProperty("outcome").GetString().ShouldBe("order 128 success");
    }

    [Fact]
    public async Task Of_re_runs_failures_and_strangers_are_kept_apart()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        (await api.AddApplication("order")).Expect();

        string[] bodies =
        [
            WorkflowRun(129, 1, "failure"),
            WorkflowRun(129, 2, "success"),
            WorkflowRun(7, 1, "success", repository: "other/tool"),
            """{"action":"opened"}""",
            WorkflowRun(130, 1, "success", branch: new string('b', 300)),
        ];
        for (var i = 0; i < bodies.Length; i++)
            (await Post(host, "github", bodies[i], Signed(bodies[i]), $"d-{i}")).ShouldBe(HttpStatusCode.Accepted);

        var deliveries = await Eventually.Sees(
            () => Deliveries(api), found => found.Count == bodies.Length && found.All(d => d.GetProperty("status").GetString() != "pending"),
                "all are decided");
        deliveries.OrderBy(d => d.GetProperty("id").GetInt64()).Select(d => d.GetProperty("status").GetString())
            .ShouldBe(["applied", "applied", "unmatched", "ignored", "failed"]);
        (await Builds(api)).Select(b => (b.GetProperty("buildNumber").GetString(), b.GetProperty("status").GetString()))
            .ShouldBe([("129", "failed"), ("129.2", "success")], ignoreOrder: true);
    }

    [Fact]
    public async Task That_came_to_nothing_are_read_anew_when_they_are_sent_again()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        // Another system's body at GitHub's door: it tells of no run, however often it comes.
        const string body = """{"build_number":7,"build_status":"success","commit_branch":"main","repo":"shop/late","apps":[]}""";
        var run = WorkflowRun(7, 1, "success", repository: "shop/late");

        (await Post(host, "github", run, Signed(run), "d-1")).ShouldBe(HttpStatusCode.Accepted);
        (await Post(host, "github", body, Signed(body), "d-2")).ShouldBe(HttpStatusCode.Accepted);
        await Eventually.Sees(() => Outcomes(api), found => found is ["ignored", "unmatched"], "neither became a build");

        (await api.Send(HttpMethod.Post, "applications",
            new { name = "late", appType = "service", repository = "https://git.example/shop/late", defaultBranch = "main" })).Expect();
        (await Post(host, "github", run, Signed(run), "d-1")).ShouldBe(HttpStatusCode.Accepted);
        (await Post(host, "github", body, Signed(body), "d-2")).ShouldBe(HttpStatusCode.Accepted);

        const string Missing = "late: neither the sender nor a rule names the image";
        var again = await Eventually.Sees(
            () => Deliveries(api), found => found.Any(d => d.TryGetProperty("outcome", out var outcome) && outcome.GetString() == Missing), "it was read anew");
        again.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Are_refused_without_telling_why()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var body = WorkflowRun(1, 1, "success");
        var large = new string('x', (1024 * 1024) + 1);

        (await Post(host, "github", body, "sha256=00", "d-1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Post(host, "github", body, null, "d-1")).ShouldBe(HttpStatusCode.Unauthorized);
        (await Post(host, "gitlab", body, Signed(body), "d-1")).ShouldBe(HttpStatusCode.Unauthorized, "it has no secret");
        (await Post(host, "nobody", body, Signed(body), "d-1")).ShouldBe(HttpStatusCode.Unauthorized, "nobody learns which senders exist");
        (await Post(host, "github", large, Signed(large), "d-1")).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await Deliveries(CdApi.Patient(host.Http))).ShouldBeEmpty();
    }

    [Fact]
    public async Task That_cannot_be_read_are_told_so_at_once()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        (await api.AddApplication("order")).Expect();
        var form = $"payload={Uri.EscapeDataString(WorkflowRun(131, 1, "success"))}";
        const string Form = "application/x-www-form-urlencoded";

        (await Post(host, "github", "no JSON at all", Signed("no JSON at all"), "d-1")).ShouldBe(HttpStatusCode.BadRequest);
        (await Post(host, "github", "<run/>", Signed("<run/>"), "d-2", "application/xml")).ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await Post(host, "github", form, "sha256=00", "d-3", Form)).ShouldBe(HttpStatusCode.Unauthorized);
        (await Deliveries(api)).ShouldBeEmpty();
        (await Post(host, "github", form, Signed(form), "d-4", Form)).ShouldBe(HttpStatusCode.Accepted);

        (await Eventually.Sees(() => Builds(api), found => found.Count > 0, "the form's build is stored"))[0].GetProperty("buildNumber").GetString()
            .ShouldBe("131");
    }

    /// <summary>The right build, and whoever sent the other learns what became of it.</summary>
    [Fact]
    public async Task Of_a_job_that_was_retried_and_of_a_tag_that_moved_are_the_last_word()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        (await api.AddApplication("order")).Expect();
        object Build(string status, char digest, int minute) => new
        {
            application = "order",
            buildNumber = "140",
            branch = "refs/heads/main",
            commitId = "9f2c1d7e5b0a",
            imageName = "registry.example/shop/order",
            imageTag = "140",
            imageDigest = $"sha256:{new string(digest, 64)}",
            status,
            finishedAt = $"2026-11-24T08:{minute}:00Z",
        };

        (await api.Send(HttpMethod.Post, "builds", Build("failed", 'a', 30))).Expect();
        var retried = (await api.Send(HttpMethod.Post, "builds", Build("success", 'a', 31))).Expect().Body;
        var moved = (await api.Send(HttpMethod.Post, "builds", Build("success", 'b', 32))).Expect().Body;

        (retried.GetProperty("known").GetBoolean(), retried.GetProperty("buildNumber").GetString()).ShouldBe((false, "140"));
        (moved.GetProperty("known").GetBoolean(), moved.GetProperty("buildNumber").GetString()).ShouldBe((false, "140~2"));
        moved.GetProperty("notes")[0].GetString().ShouldBe("other content than what is known as 140");
        (await Builds(api)).Select(b => (b.GetProperty("branch").GetString(), b.GetProperty("status").GetString(), b.GetProperty("superseded").GetBoolean()))
            .ShouldBe([("main", "success", false), ("main", "success", true)]);
    }

    // A hundred kilobytes without any signature used to become 150 MB.
    [Fact]
    public async Task Cannot_make_the_host_grow_by_a_template()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var number = string.Concat(Enumerable.Repeat("{commit}", 7000));

        var answer = await CdApi.Patient(host.Http).Send(HttpMethod.Post, "intake/try", new
        {
            source = "gitlab",
            body = new
            {
                object_kind = "pipeline",
                object_attributes = new { iid = number, @ref = "main", sha = number, status = "success", source = "push" },
                project = new { path_with_namespace = "shop/order" }
            },
        });

        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Body.GetProperty("detail").GetString()
            .ShouldBe("body: cannot be read as a webhook of gitlab: buildNumber must have at most 100 characters, has 56000");
    }

    [Fact]
    public async Task Can_be_tried()
    {
        await using var registry = new FakeRegistry();
        await using var host = await Start(registry);
        var api = CdApi.Patient(host.Http);
        (await api.AddApplication("order")).Expect();

        var tried = (await api.Send(HttpMethod.Post, "intake/try", new
        {
            source = "github",
            headers = new Dictionary<string, string> { ["X-GitHub-Event"] = "workflow_run" },
            body = JsonSerializer.Deserialize<JsonElement>(WorkflowRun(1, 1, "success", branch: "feature/x")),
        })).Expect().Body;

        tried.GetProperty("builds").GetArrayLength().ShouldBe(0);
        tried.GetProperty("rules")[0].GetProperty("whyNot").GetString().ShouldBe("branch 'feature/x' is not 'main'");
        tried.GetProperty("rules")[1].GetProperty("whyNot").GetString().ShouldBe("repository 'shop/order' is not 'https://git.example/order'");
        (await Deliveries(api)).ShouldBeEmpty();
    }

    private static Task<HostProcess> Start(FakeRegistry registry) => HostProcess.StartNewAsync("intake", HostSettings.Embedded()
        .With("core__intake__sources__github__secrets__0", Secret)
        .With("core__intake__rules__0__application", "order")
        .With("core__intake__rules__0__repository", "shop/order")
        .With("core__intake__rules__0__branch", "main")
        .With("core__intake__rules__0__image", $"{registry.Host}/shop/order")
        .With("core__intake__registries__0__host", registry.Host)
        .With("core__intake__registries__0__url", $"http://{registry.Host}")
        .With("core__intake__registries__0__username", "robot")
        .With("core__intake__registries__0__password", "env:TEST_REGISTRY_PASSWORD")
        .With("TEST_REGISTRY_PASSWORD", Secret));

    private static async Task<HttpStatusCode> Post(HostProcess host, string source, string body, string? signature, string delivery,
        string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/intake/{source}") { Content = new StringContent(body, Encoding.UTF8, type) };
        // The server answers a body that is too large without reading it: the sender asks first, else its writing meets a closed connection.
        request.Headers.ExpectContinue = true;
        request.Headers.Add("X-GitHub-Event", "workflow_run");
        request.Headers.Add("X-GitHub-Delivery", delivery);
        if (signature is not null)
            request.Headers.Add("X-Hub-Signature-256", signature);
        using var response = await host.Http.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
            (await response.Content.ReadFromJsonAsync<JsonElement>()).TryGetProperty("detail", out _).ShouldBeFalse();
        return response.StatusCode;
    }

    private static string Signed(string body) =>
        $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body)))}";

    private static string WorkflowRun(int number, int attempt, string conclusion, string repository = "shop/order", string branch = "main") =>
        JsonSerializer.Serialize(new
        {
            action = "completed",
            workflow_run = new
            {
                name = "build",
                run_number = number,
                run_attempt = attempt,
                head_branch = branch,
                @event = "push",
                head_sha = "9f2c1d7e5b0a",
                status = "completed",
                conclusion,
                html_url = "https://github.example/run",
                updated_at = "2026-11-24T08:30:00Z",
            },
            repository = new { full_name = repository },
        });

    private static async Task<List<string?>> Outcomes(CdApi api) => [.. (await Deliveries(api)).Select(d => d.GetProperty("status").GetString())];

    private static async Task<List<JsonElement>> Builds(CdApi api) => Items(await api.Send(HttpMethod.Get, "builds"));

    private static async Task<List<JsonElement>> Deliveries(CdApi api) => Items(await api.Send(HttpMethod.Get, "intake/deliveries"));

    private static List<JsonElement> Items(CdAnswer answer) => [.. answer.Expect().Body.GetProperty("items").EnumerateArray()];
}
