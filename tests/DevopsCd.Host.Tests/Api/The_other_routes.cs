using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_other_routes(ApiHost host)
{
    public static TheoryData<string, string> Changing => new()
    {
        { "POST", "/api/v1/batches" },
        { "POST", "/api/v1/batches/1/events/approve" },
        { "PUT", "/api/v1/batches/1/releases/x" },
        { "POST", "/api/v1/applications" },
        { "PUT", "/api/v1/applications/x/targets/pre/c1" },
        { "POST", "/api/v1/scan" },
    };

    [Theory, MemberData(nameof(Changing))]
    public async Task Refuse_a_name_that_is_no_persons(string method, string path)
    {
        var body = new { title = "x", name = "x", releases = Array.Empty<object>(), @namespace = "x", workload = new { kind = "Deployment", name = "x" } };

        foreach (var nobody in (string[])["engine", "deploy-system", new string('x', 101)])
            (await host.Send(new HttpMethod(method), path, body, by: nobody)).ShouldExplain(HttpStatusCode.Unauthorized, "X-Operator");
    }

    [Fact]
    public async Task Register_applications_and_list_them()
    {
        var (library, name) = (await host.Application(), ApiHost.Name());

        var created = await host.Post("/api/v1/applications",
            new { name, appType = "service", repository = "https://git.example/x", defaultBranch = "trunk", dependsOn = new[] { library } });

        created.Status.ShouldBe(HttpStatusCode.Created, created.Text);
        var listed = (await host.Get($"/api/v1/applications?q={name}")).Json.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (listed.GetProperty("name").GetString(), listed.GetProperty("defaultBranch").GetString(), listed.GetProperty("dependsOn")[0].GetString()).ShouldBe(
            (name, "trunk", library));
        (await host.Post("/api/v1/applications", new { name })).ShouldExplain(HttpStatusCode.Conflict, "registered already");
    }

    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("<script>")]
    [InlineData("../etc")]
    public async Task Refuse_a_name_that_is_none(string name) =>
        (await host.Post("/api/v1/applications", new { name })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["name"]);

    [Fact]
    public async Task Refuse_an_application_that_depends_on_itself() =>
        (await host.Post("/api/v1/applications", new { name = "selfish", dependsOn = new[] { "selfish" } })).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["dependsOn"]);

    [Fact]
    public async Task Set_targets_and_name_what_is_wrong_with_one()
    {
        var app = await host.Application();
        var good = new
        {
            @namespace = "shop",
            workload = new { kind = "StatefulSet", name = "x", container = "app" },
            strategy = new { type = "canary", weight = 20 }
        };

        var put = await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/prod/c2", good);

        put.Status.ShouldBe(HttpStatusCode.Created, put.Text);
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/prod/c2", good)).Status.ShouldBe(HttpStatusCode.OK);
        var target = put.Json.GetProperty("targets").EnumerateArray().Single(t => t.GetProperty("cluster").GetString() == "c2");
        (target.GetProperty("stage").GetString(), target.GetProperty("workload").GetProperty("kind").GetString(),
            target.GetProperty("strategy").GetProperty("weight").GetInt32()).ShouldBe(("prod", "StatefulSet", 20));
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/test/c2", good)).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["stage"]);
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/nobody/targets/pre/c2", good)).ShouldExplain(HttpStatusCode.NotFound,
            "no application 'nobody'");
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/pre/c2",
            new { @namespace = "shop", workload = new { kind = "Toaster", name = "x" } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["workload.kind"]);
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/pre/c2", new { @namespace = "shop" })).ShouldExplain(HttpStatusCode.BadRequest,
            "workload");
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{app}/targets/pre/c2",
            new { @namespace = "shop", workload = good.workload, strategy = new { type = "rolling", simulate = new { outcome = "explode" } } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["strategy.simulate.outcome"]);
    }

    [Fact]
    public async Task Take_builds_without_a_person_and_list_them()
    {
        var app = await host.Application();

        var taken = await host.Send(HttpMethod.Post, "/api/v1/builds", CdApi.Build(app, 2), by: null);
        var again = await host.Send(HttpMethod.Post, "/api/v1/builds", CdApi.Build(app, 2), by: null);
        var stranger = await host.Send(HttpMethod.Post, "/api/v1/builds", CdApi.Build(ApiHost.Name(), 1), by: null);

        (taken.Json.GetProperty("known").GetBoolean(), taken.Json.GetProperty("matched").GetBoolean()).ShouldBe((false, true));
        (again.Json.GetProperty("known").GetBoolean(), again.Json.GetProperty("id").GetInt64()).ShouldBe((true, taken.Json.GetProperty("id").GetInt64()));
        stranger.Json.GetProperty("matched").GetBoolean().ShouldBeFalse();
        (await host.Get($"/api/v1/builds?app={app}&branch=main")).Json.GetProperty("items").EnumerateArray()
            .Select(b => b.GetProperty("buildNumber").GetString()).ShouldBe(["2", "1"]);
        (await host.Get($"/api/v1/builds?app={app}&branch=other")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Name_every_wrong_field_of_a_build()
    {
        (await host.Post("/api/v1/builds", new
        {
            application = "",
            buildNumber = "1",
            branch = "main",
            commitId = "c",
            imageName = "i",
            imageTag = "",
            imageDigest = "sha256:zz",
            status = "success",
            link = "ftp://x"
        }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["application", "imageTag", "imageDigest", "link"], ignoreOrder: true);
        (await host.Post("/api/v1/builds",
            new { application = "x", buildNumber = "1", branch = "main", commitId = "c", imageName = "i", imageTag = "t", status = "splendid" }))
            .ShouldExplain(HttpStatusCode.BadRequest, "$.status");
        (await host.Post("/api/v1/builds", new { application = "x", status = "success" })).ShouldExplain(HttpStatusCode.BadRequest, "imageName");
    }

    [Theory]
    [InlineData("0001-01-01T00:00:00Z")]
    [InlineData("1999-12-31T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public async Task Keep_a_build_of_no_believable_time_without_it(string finishedAt) =>
        (await host.Post("/api/v1/builds", new
        {
            application = ApiHost.Name(),
            buildNumber = "1",
            branch = "main",
            commitId = "c",
            imageName = "i",
            imageTag = "t",
            status = "success",
            finishedAt
        }))
            .Json.GetProperty("notes")[0].GetString().ShouldNotBeNull().ShouldContain("time unknown");

    [Theory]
    [InlineData("/api/v1/batches", "{\"title\":\"a\\u0000b\",\"releases\":[{\"application\":\"x\",\"dependsOn\":[\"\\u0000\"]}]}", "title", "releases[0].dependsOn[0]")]
    [InlineData("/api/v1/applications", "{\"name\":\"x\",\"repository\":\"\\u0000\"}", "repository")]
    [InlineData("/api/v1/builds", "{\"application\":\"x\",\"buildNumber\":\"1\",\"branch\":\"\\u0000\",\"commitId\":\"c\",\"imageName\":\"i\",\"imageTag\":\"t\",\"status\":\"success\"}", "branch")]
    [InlineData("/api/v1/deployments/x/report", "{\"phase\":\"failed\",\"reason\":\"\\u0000\"}", "reason")]
    public async Task Name_every_text_that_no_database_keeps(string path, string body, params string[] fields) =>
        (await host.Post(path, new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(fields, ignoreOrder: true);

    [Theory]
    [InlineData("builds", "{\"application\":\"x\",\"buildNumber\":5}", "$.buildNumber: must be text, is a number")]
    [InlineData("builds", "{\"application\":\"x\",\"status\":\"done\"}", "$.status: must be one of running, success, failed, cancelled")]
    [InlineData("builds", "{\"application\":\"x\",\"finishedAt\":\"yesterday\"}", "$.finishedAt: must be an ISO 8601 time with offset such as")]
    [InlineData("deployments/x/report", "{\"phase\":7}", "$.phase: must be one of")]
    [InlineData("batches", "{\"title\":\"x\",\"releases\":\"web-shop\"}", "$.releases: must be a list")]
    [InlineData("batches", "{\"title\":\"x\",\"releases\":[\"web-shop\"]}", "$.releases[0]: must be an object")]
    [InlineData("applications/x/targets/pre/c1", "{\"namespace\":\"x\",\"workload\":\"x\"}", "$.workload: must be an object", "PUT")]
    public async Task Say_what_kind_of_value_a_field_wants(string path, string body, string detail, string method = "POST") =>
        (await host.Send(new HttpMethod(method), $"/api/v1/{path}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).ShouldExplain(
            HttpStatusCode.BadRequest, detail);

    [Theory]
    [InlineData("/api/v1/batches?q=%00")]
    [InlineData("/api/v1/builds?app=%00")]
    public async Task Refuse_an_address_that_no_database_understands(string path) =>
        (await host.Get(path)).ShouldExplain(HttpStatusCode.UnprocessableEntity, "U+0000");

    [Fact]
    public async Task Register_one_of_many_that_come_at_once()
    {
        var name = ApiHost.Name();

        var replies = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => host.Post("/api/v1/applications", new { name })));

        replies.Count(r => r.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var reply in replies.Where(r => r.Status != HttpStatusCode.Created))
            reply.ShouldBeProblem(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Run_the_functions_on_demand()
    {
        // Other tests of this host scan as well, and two scans never overlap.
        var reply = await Eventually.Sees(() => host.Post("/api/v1/scan"), answer => answer.Status != HttpStatusCode.Conflict, "no other scan runs");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        reply.Json.EnumerateObject().Select(p => p.Name).ShouldBe(["refreshed", "started", "prepared", "woken", "expired"], ignoreOrder: true);
    }

    [Fact]
    public async Task Take_reports_of_operations_that_exist()
    {
        (await host.Send(HttpMethod.Post, "/api/v1/deployments/nobody/report", new { phase = "succeeded" }, by: null)).ShouldExplain(HttpStatusCode.NotFound,
            "no operation 'nobody'");
        (await host.Send(HttpMethod.Post, "/api/v1/deployments/nobody/report", new { phase = "finished" }, by: null)).ShouldExplain(HttpStatusCode.BadRequest,
            "$.phase");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    public async Task Say_how_the_host_is(string path) => (await host.Get(path)).Status.ShouldBe(HttpStatusCode.OK);
}
