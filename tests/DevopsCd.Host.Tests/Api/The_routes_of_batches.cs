using System.Net;
using System.Net.Http.Json;
using System.Text;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class The_routes_of_batches(ApiHost host)
{
    [Fact]
    public async Task Create_a_batch_and_show_it()
    {
        var (api, web) = (await host.Application(), await host.Application());

        var created = await host.Post("/api/v1/batches", new
        {
            title = "Release 7",
            releases = new object[] { new { application = api }, new { application = web, dependsOn = new[] { api }, buildNumber = "1" } }
        });

        created.Status.ShouldBe(HttpStatusCode.Created, created.Text);
        created.ETag.ShouldStartWith("\"0-");
        var batch = created.Json;
        batch.GetProperty("batchNumber").GetString().ShouldNotBeNull().ShouldMatch(@"^B\d{8}-\d{3}$");
        (batch.GetProperty("state").GetInt32(), batch.GetProperty("stateName").GetString(), batch.GetProperty("stateLabel").GetString(),
            batch.GetProperty("initiator").GetString())
            .ShouldBe((0, "PendingApproval", "待审核", "ann"));
        batch.GetProperty("availableEvents").EnumerateArray().Select(e => (e.GetProperty("event").GetString(), e.GetProperty("targetState").GetInt32()))
            .ShouldBe([("approve", 5), ("reject", 6), ("cancel", 90)], ignoreOrder: true);
        var releases = batch.GetProperty("releases").EnumerateArray().ToList();
        releases.Select(r => r.GetProperty("application").GetString()).ShouldBe([api, web]);
        (releases[1].GetProperty("pinnedBy").GetString(), releases[1].GetProperty("imageTag").GetString()).ShouldBe(("ann", "1.0.1"));
        var shown = await host.Get($"/api/v1/batches/{batch.GetProperty("id").GetInt64()}");
        (shown.Status, shown.ETag).ShouldBe((HttpStatusCode.OK, created.ETag));
        shown.Text.ShouldBe(created.Text);
    }

    [Fact]
    public async Task Name_every_wrong_field_of_a_new_batch()
    {
        var app = await host.Application();

        (await host.Post("/api/v1/batches", new { title = " ", batchNumber = new string('x', 65), releases = Array.Empty<object>() }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["title", "batchNumber", "releases"], ignoreOrder: true);
        var unknown = (await host.Post("/api/v1/batches",
            new { title = "x", releases = new object[] { new { application = "nobody" }, new { application = app, dependsOn = new[] { "stranger" } } } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity);
        unknown.Fields.ShouldBe(["releases[0].application", "releases[1].dependsOn"], ignoreOrder: true);
        unknown.Text.ShouldContain("POST /api/v1/applications");
        (await host.Post("/api/v1/batches", new { title = "x", releases = new[] { new { application = app, buildNumber = "99" } } }))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["releases[0].buildNumber"]);
    }

    [Theory]
    [InlineData("{\"title\":", "not valid JSON")]
    [InlineData("{\"title\":\"x\"}", "releases")]
    [InlineData("{\"title\":7,\"releases\":[]}", "$.title")]
    [InlineData("{\"title\":null,\"releases\":[]}", "title")]
    [InlineData("{\"title\":\"x\",\"releases\":[{\"branch\":\"main\"}]}", "application")]
    [InlineData("[]", "$")]
    public async Task Say_what_cannot_be_read(string body, string named)
    {
        var reply = await host.Post("/api/v1/batches", new StringContent(body, Encoding.UTF8, "application/json"));

        reply.ShouldExplain(HttpStatusCode.BadRequest, named);
    }

    [Fact]
    public async Task Want_JSON() =>
        (await host.Post("/api/v1/batches", new StringContent("title=x", Encoding.UTF8, "application/x-www-form-urlencoded"))).ShouldExplain(
            HttpStatusCode.UnsupportedMediaType, "Content-Type: application/json");

    // Whether a sender that is refused early sees the answer must not depend on who is quicker, hence more than once.
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Want_no_more_than_a_mebibyte(bool chunked)
    {
        foreach (var mebibytes in (int[])[1, 2, 2, 8, 8])
        {
            var body = JsonContent.Create(new { title = new string('x', mebibytes * 1024 * 1024), releases = Array.Empty<object>() });
            if (!chunked)
                await body.LoadIntoBufferAsync();

            (await host.Post("/api/v1/batches", body)).ShouldExplain(HttpStatusCode.RequestEntityTooLarge, "1 MiB");
        }
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Read_a_large_body_to_its_end(bool chunked)
    {
        var body = JsonContent.Create(new { title = new string('x', 1_000_000), releases = Array.Empty<object>() });
        if (!chunked)
            await body.LoadIntoBufferAsync();

        (await host.Post("/api/v1/batches", body)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["title", "releases"],
            ignoreOrder: true);
    }

    [Fact]
    public async Task Refuse_an_application_that_is_in_another_open_batch()
    {
        var app = await host.Application();
        var first = await host.BatchOf(app);
        var number = (await host.Get($"/api/v1/batches/{first}")).Json.GetProperty("batchNumber").GetString()!;

        var reply = await host.Post("/api/v1/batches", new { title = "x", releases = new[] { new { application = app } } });

        reply.ShouldExplain(HttpStatusCode.Conflict, $"{app} is in open batch {number}");
    }

    [Fact]
    public async Task Answer_an_event_with_what_was_committed()
    {
        var id = await host.Batch();

        var reply = await host.Post($"/api/v1/batches/{id}/events/approve", new { reason = "looks good" });

        (reply.Status, reply.ETag).ShouldBe((HttpStatusCode.OK, "\"1\""));
        (reply.Json.GetProperty("batchId").GetInt64(), reply.Json.GetProperty("event").GetString(), reply.Json.GetProperty("from").GetInt32(),
            reply.Json.GetProperty("to").GetInt32(), reply.Json.GetProperty("version").GetInt32())
            .ShouldBe((id, "approve", 0, 5, 1));
        var shown = (await host.Get($"/api/v1/batches/{id}")).Json;
        (shown.GetProperty("state").GetInt32(), shown.GetProperty("approvedBy").GetString()).ShouldBe((5, "ann"));
        shown.GetProperty("approvedContentHash").GetString().ShouldBe(shown.GetProperty("contentHash").GetString());
    }

    [Fact]
    public async Task Refuse_an_illegal_event_with_the_state_and_what_is_legal()
    {
        var id = await host.BatchAfter("approve");

        var reply = (await host.Post($"/api/v1/batches/{id}/events/final_accept")).ShouldExplain(HttpStatusCode.Conflict,
            "final_accept is not legal in Approved");

        (reply.Json.GetProperty("state").GetInt32(), reply.Json.GetProperty("stateName").GetString()).ShouldBe((5, "Approved"));
        reply.Json.GetProperty("availableEvents").EnumerateArray().Select(e => e.GetProperty("event").GetString()).ShouldBe(["confirm_tag", "cancel", "revoke_approval"],
            ignoreOrder: true);
        (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("version").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Want_a_reason_to_reject_and_to_cancel()
    {
        var id = await host.Batch();

        foreach (var batchEvent in (string[])["reject", "cancel"])
            (await host.Post($"/api/v1/batches/{id}/events/{batchEvent}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["reason"]);

        (await host.Post($"/api/v1/batches/{id}/events/reject", new { reason = "wrong build" })).Status.ShouldBe(HttpStatusCode.OK);
        (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("rejectedReason").GetString().ShouldBe("wrong build");
    }

    [Fact]
    public async Task Refuse_a_seal_that_cannot_be_with_every_fault()
    {
        var name = ApiHost.Name();
        await host.Post("/api/v1/applications", new { name });
        var id = await host.BatchOf(name);
        await host.Post($"/api/v1/batches/{id}/events/approve");

        var reply = (await host.Post($"/api/v1/batches/{id}/events/confirm_tag")).ShouldExplain(HttpStatusCode.Conflict,
            $"{name} has no successful build on main");

        reply.Detail.ShouldContain($"PUT /api/v1/applications/{name}/targets/");
    }

    [Fact]
    public async Task Hold_to_the_version_that_was_looked_at()
    {
        var id = await host.BatchAfter("approve");

        (await host.Send(HttpMethod.Post, $"/api/v1/batches/{id}/events/confirm_tag", headers: ("If-Match", "\"0\""))).ShouldExplain(
            HttpStatusCode.PreconditionFailed, "version 1, not 0: approve by ann (PendingApproval → Approved)");
        (await host.Send(HttpMethod.Post, $"/api/v1/batches/{id}/events/confirm_tag", headers: ("If-Match", "nonsense"))).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["If-Match"]);
        (await host.Send(HttpMethod.Post, $"/api/v1/batches/{id}/events/confirm_tag", headers: ("If-Match", "\"1\""))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Hold_to_the_content_that_was_looked_at()
    {
        var app = await host.Application();
        var id = await host.BatchOf(app);
        var seen = (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("contentHash").GetString();
        await host.Post("/api/v1/builds", CdApi.Build(app, 2));

        (await host.Post($"/api/v1/batches/{id}/events/approve", new { contentHash = seen })).ShouldExplain(HttpStatusCode.PreconditionFailed,
            $"{app}: build 1 → 2");
        (await host.Post($"/api/v1/batches/{id}/events/approve", new { contentHash = new string('0', 64) })).ShouldExplain(HttpStatusCode.PreconditionFailed,
            "never was in this batch");
        (await host.Post($"/api/v1/batches/{id}/events/approve", new { contentHash = "" })).Status.ShouldBe(HttpStatusCode.OK, "no content was looked at");
    }

    [Fact]
    public async Task Answer_the_same_key_with_the_same_result()
    {
        var app = await host.Application();
        var body = new { title = "x", releases = new[] { new { application = app } } };

        var first = await host.Send(HttpMethod.Post, "/api/v1/batches", body, headers: ("Idempotency-Key", "k-1" + app));
        var again = await host.Send(HttpMethod.Post, "/api/v1/batches", body, headers: ("Idempotency-Key", "k-1" + app));

        (again.Status, again.Json.GetProperty("id").GetInt64()).ShouldBe((HttpStatusCode.Created, first.Json.GetProperty("id").GetInt64()));
        var path = $"/api/v1/batches/{first.Json.GetProperty("id").GetInt64()}/events/approve";
        var approved = await host.Send(HttpMethod.Post, path, headers: ("Idempotency-Key", "k-2"));
        (await host.Send(HttpMethod.Post, path, headers: ("Idempotency-Key", "k-2"))).ShouldBe(approved);
    }

    [Fact]
    public async Task Know_no_other_batch_event_or_path()
    {
        var id = await host.Batch();

        (await host.Get("/api/v1/batches/999999")).ShouldExplain(HttpStatusCode.NotFound, "There is no batch 999999.");
        (await host.Get("/api/v1/batches/999999/events")).ShouldExplain(HttpStatusCode.NotFound, "There is no batch 999999.");
        (await host.Post("/api/v1/batches/999999/events/approve")).ShouldExplain(HttpStatusCode.NotFound, "no batch 999999");
        (await host.Post($"/api/v1/batches/{id}/events/explode")).ShouldExplain(HttpStatusCode.NotFound, "known: approve, reject");
        (await host.Get("/api/v1/nothing")).ShouldExplain(HttpStatusCode.NotFound, "/openapi/v1.json");
        (await host.Send(HttpMethod.Delete, $"/api/v1/batches/{id}")).ShouldExplain(HttpStatusCode.MethodNotAllowed, "accepts GET");
        (await host.Send(HttpMethod.Delete, $"/api/v1/batches/{id}")).ShouldBeProblem(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task Show_the_audit_in_pages()
    {
        var id = await host.BatchAfter("approve");
        await host.Post($"/api/v1/batches/{id}/events/final_accept");
        await host.Post($"/api/v1/batches/{id}/events/cancel", new { reason = "never mind" });

        var rows = new List<(string?, string?, int)>();
        string? cursor = null;
        do
        {
            var page = (await host.Get($"/api/v1/batches/{id}/events?limit=1{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            rows.AddRange(page.GetProperty("items").EnumerateArray()
                .Select(e => (e.GetProperty("event").GetString(), e.GetProperty("outcome").GetString(), e.GetProperty("version").GetInt32())));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);

        rows.ShouldBe([("create", "noted", 0), ("approve", "accepted", 1), ("final_accept", "refused", 1), ("cancel", "accepted", 2)]);
    }

    [Fact]
    public async Task List_in_pages_and_by_state_and_text()
    {
        var app = await host.Application();
        var mine = new List<long>();
        for (var i = 0; i < 5; i++)
        {
            mine.Insert(0, await host.BatchOf(app));
            await host.Post($"/api/v1/batches/{mine[0]}/events/cancel", new { reason = "next" });
        }

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = (await host.Get(
                $"/api/v1/batches?q={app.ToUpperInvariant()}&status=90,FinalAccepted&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}")).Json;
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(2);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(b => b.GetProperty("id").GetInt64()));
            cursor = page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        } while (cursor is not null);

        seen.ShouldBe(mine);
        (await host.Get($"/api/v1/batches?q={app}&status=0")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("cursor=nonsense!", "cursor")]
    [InlineData("cursor=LTE", "cursor")]
    [InlineData("status=7", "status")]
    [InlineData("status=Sleeping", "status")]
    public async Task Name_a_wrong_parameter(string query, string field) =>
        (await host.Get($"/api/v1/batches?{query}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe([field]);

    [Fact]
    public async Task Name_a_parameter_of_the_wrong_type() =>
        (await host.Get("/api/v1/batches?limit=many")).ShouldExplain(HttpStatusCode.BadRequest, "limit: 'many' is not");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Miss_a_body_that_is_none(string body) =>
        (await host.Post("/api/v1/batches", new StringContent(body, Encoding.UTF8, "application/json"))).ShouldExplain(HttpStatusCode.BadRequest,
            "The body is missing");

    [Fact]
    public async Task Bound_the_length_of_a_reason()
    {
        var id = await host.Batch();

        (await host.Post($"/api/v1/batches/{id}/events/cancel", new { reason = new string('x', 2001) })).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["reason"]);
        (await host.Post($"/api/v1/batches/{id}/events/cancel", new { reason = new string('x', 2000) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Tell_a_refusal_in_one_line_and_not_as_a_fault()
    {
        var id = await host.Batch();

        (await host.Post($"/api/v1/batches/{id}/events/final_accept")).Status.ShouldBe(HttpStatusCode.Conflict);

        var number = (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("batchNumber").GetString()!;
        await Eventually.IsTrue(() => host.Log.Contains($"{number}: final_accept refused in PendingApproval for ann", StringComparison.Ordinal),
            "the refusal is told");
        host.Log.ShouldNotContain("R-FAULT");
    }

    [Fact]
    public async Task Pin_a_build_and_set_dependencies()
    {
        var (api, web) = (await host.Application(), await host.Application());
        var id = await host.BatchOf(api, web);
        await host.Post("/api/v1/builds", CdApi.Build(api, 2));

        var pinned = await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{api}", new { buildNumber = "1" });
        var ordered = await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{web}", new { dependsOn = new[] { api } });

        var release = pinned.Json.GetProperty("releases").EnumerateArray().Single(r => r.GetProperty("application").GetString() == api);
        (release.GetProperty("pinnedBy").GetString(), release.GetProperty("buildNumber").GetString(), release.GetProperty("latestBuildNumber").GetString(),
            release.GetProperty("newerBuildExists").GetBoolean())
            .ShouldBe(("ann", "1", "2", true));
        ordered.Json.GetProperty("releases")[1].GetProperty("dependsOn")[0].GetString().ShouldBe(api);
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{api}", new { dependsOn = new[] { web } })).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Text.ShouldContain("cycle");
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{api}", new { buildNumber = "77" })).ShouldBeProblem(
            HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["buildNumber"]);
        await host.Post("/api/v1/builds", CdApi.Build(api, 8, branch: "hotfix"));
        var hotfix = (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{api}", new { buildNumber = "8" })).Json.GetProperty("releases")[0];
        (hotfix.GetProperty("branch").GetString(), hotfix.GetProperty("latestBuildNumber").GetString(),
            hotfix.GetProperty("newerBuildExists").GetBoolean()).ShouldBe(("hotfix", "8", false));
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{api}", new { build = "1" })).ShouldExplain(HttpStatusCode.UnprocessableEntity,
            "say what to change: branch, buildNumber");
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/nobody", new { buildNumber = "1" })).ShouldBeProblem(HttpStatusCode.NotFound);
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/999999/releases/{api}", new { buildNumber = "1" })).ShouldBeProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Fix_the_content_with_the_seal()
    {
        var id = await host.BatchAfter("approve", "confirm_tag");
        var app = (await host.Get($"/api/v1/batches/{id}")).Json.GetProperty("releases")[0].GetProperty("application").GetString();

        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{id}/releases/{app}", new { buildNumber = "1" })).ShouldExplain(HttpStatusCode.Conflict, "is fixed");
    }

    [Fact]
    public async Task Carry_a_batch_to_its_end()
    {
        var id = await host.BatchAfter("approve", "confirm_tag", "start_pre_deploy", "pre_deploy_completed", "start_prod_deploy", "prod_deploy_completed",
            "final_accept");

        var batch = (await host.Get($"/api/v1/batches/{id}")).Json;

        (batch.GetProperty("state").GetInt32(), batch.GetProperty("version").GetInt32(), batch.GetProperty("availableEvents").GetArrayLength()).ShouldBe(
            (40, 7, 0));
        (await host.Post($"/api/v1/batches/{id}/events/cancel", new { reason = "too late" })).ShouldExplain(HttpStatusCode.Conflict,
            "the batch has ended as FinalAccepted");
    }
}
