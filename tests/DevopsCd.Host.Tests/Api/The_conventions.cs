using System.Net;
using System.Text.Json.Nodes;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_conventions(ApiHost host)
{
    [Theory]
    [InlineData("GET", "/api/v1/nowhere", "urn:devopscd:no-such-address")]
    [InlineData("GET", "/api/v1/batches/999999", "urn:devopscd:not-found")]
    [InlineData("DELETE", "/api/v1/batches/1", "urn:devopscd:method-not-allowed")]
    [InlineData("POST", "/api/v1/batches", "urn:devopscd:unreadable")]
    [InlineData("GET", "/api/v1/batches?limit=0", "urn:devopscd:invalid")]
    [InlineData("GET", "/api/v1/batches?limit=many", "urn:devopscd:unreadable")]
    public async Task Give_an_error_a_type_of_ours_whatever_form_the_caller_would_rather_have(string method, string path, string type)
    {
        foreach (var accept in (string[])["application/json", "text/html", "image/png", "application/xml;q=0.9"])
        {
            var body = method == "POST" ? new StringContent("", System.Text.Encoding.UTF8, "application/json") : null;

            var reply = await host.Send(new HttpMethod(method), path, body, headers: ("Accept", accept));

            reply.ShouldBeProblem(reply.Status).Json.GetProperty("type").GetString().ShouldBe(type);
        }
    }

    [Theory]
    [InlineData("GET", "batches?state=banana", "state: is not known here; known: status, q, cursor, limit")]
    [InlineData("GET", "batches?limti=5", "did you mean limit?")]
    [InlineData("HEAD", "batches?limti=5", "")]
    [InlineData("GET", "batches/1?verbose=true", "verbose: this address accepts no query parameters")]
    [InlineData("GET", "batches/1?id=2", "id: this address accepts no query parameters")]
    [InlineData("GET", "batches/1/events?crusor=1", "did you mean cursor?")]
    [InlineData("POST", "batches/1/events/approve?reason=ok", "reason: this address accepts no query parameters")]
    [InlineData("GET", "applications?name=a", "name: is not known here; known: q, cursor, limit")]
    [InlineData("GET", "builds?application=a", "application: is not known here")]
    [InlineData("GET", "intake/deliveries?state=failed", "known: status, cursor, limit")]
    [InlineData("POST", "intake/generic?token=x", "token: this address accepts no query parameters")]
    [InlineData("GET", "parked?statsu=parked", "did you mean status?")]
    [InlineData("GET", "parked/outgoing?status=parked", "known: cursor, limit")]
    [InlineData("GET", "notifications?batchId=1", "known: batch, status, cursor, limit")]
    [InlineData("POST", "scan?dry=1", "dry: this address accepts no query parameters")]
    public async Task Name_a_parameter_that_does_not_exist(string method, string path, string detail)
    {
        var reply = await host.Send(new HttpMethod(method), $"/api/v1/{path}");

        reply.Status.ShouldBe(HttpStatusCode.BadRequest, reply.Text);
        if (method != "HEAD")
            reply.ShouldExplain(HttpStatusCode.BadRequest, detail).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:unknown-parameter");
    }

    [Theory]
    [InlineData("batches?status=aproved", "5 Approved", "did you mean Approved?")]
    [InlineData("intake/deliveries?status=faild", "pending, applied, ignored, unmatched, failed", "did you mean failed?")]
    [InlineData("parked?status=Parked", "parked, replayed, discarded", "did you mean parked?")]
    [InlineData("notifications?status=lost", "pending, sending, sent, failed, superseded", "not one of")]
    public async Task Name_the_values_that_a_parameter_takes(string path, string known, string near) =>
        (await host.Get($"/api/v1/{path}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Json.GetProperty("errors").GetProperty("status")[0].GetString()!
            .ShouldSatisfyAllConditions(text => text.ShouldContain(known), text => text.ShouldContain(near));

    [Theory]
    [InlineData("/health/ready?probe=1")]
    [InlineData("/health/live?t=17")]
    [InlineData("/api/v1/batches?STATUS=5&Limit=1")]
    public async Task Take_what_a_probe_adds_and_any_letter_case(string path) => (await host.Get(path)).Status.ShouldBe(HttpStatusCode.OK);

    [Fact]
    public async Task Show_one_application_build_and_notification()
    {
        var app = await host.Application();
        var build = (await host.Get($"/api/v1/builds?app={app}")).Json.GetProperty("items")[0].GetProperty("id").GetInt64();
        var notification = (await host.Post("/api/v1/notifications/test", new { channel = "log" })).Json.GetProperty("id").GetInt64();

        (await host.Get($"/api/v1/applications/{app}")).Json.GetProperty("targets").GetArrayLength().ShouldBe(2);
        (await host.Get($"/api/v1/builds/{build}")).Json.GetProperty("application").GetString().ShouldBe(app);
        (await host.Get($"/api/v1/notifications/{notification}")).Json.GetProperty("channel").GetString().ShouldBe("log");
        foreach (var (path, missing) in ((string, string)[])[("applications/nobody", "application 'nobody'"), ("builds/999999", "build 999999"),
            ("notifications/999999", "notification 999999"),
            ($"applications/{app}/targets/pre/nowhere", $"target pre/nowhere of an application '{app}'")])
            (await host.Get($"/api/v1/{path}")).ShouldExplain(HttpStatusCode.NotFound, $"There is no {missing}.");
    }

    [Fact]
    public async Task Tell_where_a_new_application_is()
    {
        var created = await host.Post("/api/v1/applications", new { name = ApiHost.Name() });

        (await host.Get(created.Location!)).Text.ShouldBe(created.Text);
        (await host.Get(created.Location!)).ETag.ShouldBe(created.ETag);
    }

    [Theory]
    [InlineData("/api/v1/batches")]
    [InlineData("/api/v1/applications")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/health/live")]
    public async Task Answer_HEAD_as_GET_without_the_body(string path)
    {
        var got = await host.Get(path);

        var headed = await host.Send(HttpMethod.Head, path, by: null);

        (headed.Status, headed.Type, headed.Text).ShouldBe((got.Status, got.Type, ""));
    }

    [Fact]
    public async Task Name_applications_so_that_each_has_an_address_of_its_own()
    {
        var name = await host.Application();

        (await host.Post("/api/v1/applications", new { name = name.ToUpperInvariant() })).ShouldExplain(HttpStatusCode.Conflict, "letter case only");
        foreach (var dots in (string[])[".", "..", "..."])
            (await host.Post("/api/v1/applications", new { name = dots })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["name"]);
    }

    [Theory]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("data:text/html,x", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://user:secret@git.example/x", false)]
    [InlineData("https://git.example/x y", false)]
    [InlineData("shop/api", false)]
    [InlineData("https://git.example/shop/api", true)]
    [InlineData("ssh://git@git.example:22/shop/api.git", true)]
    [InlineData("git://git.example/shop/api.git", true)]
    [InlineData("git@git.example:shop/api.git", true)]
    public async Task Keep_only_addresses_of_repositories(string repository, bool taken)
    {
        var reply = await host.Post("/api/v1/applications", new { name = ApiHost.Name(), repository });

        if (taken)
            reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
        else
            reply.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["repository"]);
    }

    [Fact]
    public async Task Check_a_target_when_it_is_put()
    {
        var path = $"/api/v1/applications/{await host.Application()}/targets/pre/c1";
        Task<Reply> Put(object strategy) =>
            host.Send(HttpMethod.Put, path, new { @namespace = "x", workload = new { kind = "Deployment", name = "x" }, strategy });

        (await Put(new { type = "yolo" })).ShouldExplain(HttpStatusCode.UnprocessableEntity, "rolling, recreate, canary");
        (await Put(new { type = "canary", notes = new string('x', 20_000) })).ShouldExplain(HttpStatusCode.UnprocessableEntity, "16384 bytes");
        (await host.Send(HttpMethod.Put, path.Replace("/c1", "/%2E%2E"),
            new { @namespace = "x", workload = new { kind = "Deployment", name = "x" } })).Status.ShouldNotBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Describe_a_number_as_a_number()
    {
        var document = JsonNode.Parse((await host.Get("/openapi/v1.json")).Text)!;

        var types = Descendants(document).OfType<JsonObject>().Select(o => o["type"]).OfType<JsonArray>().Select(t => t.Select(i => (string?)i).ToList())
            .ToList();

        types.ShouldAllBe(t => !(t.Contains("string") && (t.Contains("integer") || t.Contains("number"))));
        (await host.Post("/api/v1/batches",
            new StringContent("{\"title\":\"x\",\"releases\":[]}", System.Text.Encoding.UTF8, "application/json"))).Fields.ShouldBe(["releases"]);
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => [node, .. node switch
    {
        JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => Descendants(p.Value!)),
        JsonArray a => a.Where(i => i is not null).SelectMany(i => Descendants(i!)),
        _ => []
    }];
}
