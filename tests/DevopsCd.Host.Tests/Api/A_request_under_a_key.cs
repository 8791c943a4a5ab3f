using System.Net;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_request_under_a_key(ApiHost host)
{
    private readonly (string, string) _key = ("Idempotency-Key", Guid.NewGuid().ToString());

    [Fact]
    public async Task Stands_for_no_other_request()
    {
        var (one, other) = (await host.Application(), await host.Application());
        var first = await host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", one), headers: _key);

        var wrong = await host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", other), headers: _key);

        wrong.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["Idempotency-Key"]);
        (await host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", one), headers: _key)).Json.GetProperty("id").GetInt64()
            .ShouldBe(first.Json.GetProperty("id").GetInt64());
        (await host.Get($"/api/v1/batches?q={other}")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Stands_for_no_other_reason_of_an_event()
    {
        var path = $"/api/v1/batches/{await host.Batch()}/events/cancel";
        await host.Send(HttpMethod.Post, path, new { reason = "one" }, headers: _key);

        (await host.Send(HttpMethod.Post, path, new { reason = "another" }, headers: _key)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(
            ["Idempotency-Key"]);
    }

    [Fact]
    public async Task Is_not_remembered_when_its_input_was_wrong()
    {
        var app = await host.Application();
        (await host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", "nobody-" + app), headers: _key)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity);

        var mended = await host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", app), headers: _key);

        mended.Status.ShouldBe(HttpStatusCode.Created, mended.Text);
        var path = $"/api/v1/batches/{mended.Json.GetProperty("id").GetInt64()}/events/cancel";
        (await host.Send(HttpMethod.Post, path, headers: _key)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["reason"]);
        (await host.Send(HttpMethod.Post, path, new { reason = "given now" }, headers: _key)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Is_remembered_when_the_state_refused_it()
    {
        var id = await host.Batch();
        var refused = await host.Send(HttpMethod.Post, $"/api/v1/batches/{id}/events/confirm_tag", headers: _key);
        await host.Post($"/api/v1/batches/{id}/events/approve");

        var again = await host.Send(HttpMethod.Post, $"/api/v1/batches/{id}/events/confirm_tag", headers: _key);

        refused.ShouldBeProblem(HttpStatusCode.Conflict);
        again.ShouldBeProblem(HttpStatusCode.Conflict).Detail.ShouldBe(refused.Detail);
    }

    [Fact]
    public async Task Is_decided_once_when_it_comes_many_times_at_once()
    {
        var (one, other) = (await host.Application(), await host.Application());

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(n => host.Send(HttpMethod.Post, "/api/v1/batches", Batch("x", n % 2 == 0 ? one : other), headers: _key)));

        replies.Where(r => r.Status == HttpStatusCode.Created).Select(r => r.Json.GetProperty("id").GetInt64()).Distinct().Count().ShouldBe(1);
        replies.Count(r => r.Status == HttpStatusCode.Created).ShouldBe(4);
        replies.Count(r => r.Status == HttpStatusCode.UnprocessableEntity).ShouldBe(4);
    }

    [Fact]
    public async Task Is_done_once_and_answered_alike_each_time()
    {
        var name = ApiHost.Name();

        var first = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key);
        var again = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key);
        var other = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name = ApiHost.Name() }, headers: _key);
        var byAnother = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, by: "bob", headers: _key);

        first.Status.ShouldBe(HttpStatusCode.Created, first.Text);
        (again.Status, again.Text, again.ETag, again.Location, again.Type).ShouldBe((first.Status, first.Text, first.ETag, first.Location, first.Type));
        other.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["Idempotency-Key"]);
        byAnother.ShouldBeProblem(HttpStatusCode.Conflict).Problem.ShouldBe("urn:devopscd:refused");
    }

    [Fact]
    public async Task Is_answered_with_what_it_changed_even_when_another_has_changed_it_since()
    {
        var path = $"/api/v1/applications/{await host.Application()}/targets/prod/c1";
        var first = await host.Send(HttpMethod.Put, path, Target("one"), headers: _key);
        await host.Send(HttpMethod.Put, path, Target("two"));

        var again = await host.Send(HttpMethod.Put, path, Target("one"), headers: _key);

        (again.Status, again.Text).ShouldBe((HttpStatusCode.OK, first.Text));
        (await host.Get(path)).Json.GetProperty("namespace").GetString().ShouldBe("two");
    }

    [Fact]
    public async Task Is_free_again_when_its_input_was_wrong()
    {
        var name = ApiHost.Name();
        var wrong = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name, dependsOn = new[] { name } }, headers: _key);

        var mended = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key);

        wrong.ShouldBeProblem(HttpStatusCode.UnprocessableEntity);
        mended.Status.ShouldBe(HttpStatusCode.Created, mended.Text);
    }

    [Fact]
    public async Task Is_refused_alike_after_the_state_has_refused_it()
    {
        var name = await host.Application();

        var refused = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key);
        var again = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key);

        refused.ShouldBeProblem(HttpStatusCode.Conflict).Problem.ShouldBe("urn:devopscd:refused");
        again.Text.ShouldBe(refused.Text);
    }

    [Fact]
    public async Task Creates_one_thing_when_it_comes_many_times_at_once()
    {
        var name = ApiHost.Name();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key)));

        var (created, waiting) = (replies.Where(r => r.Status == HttpStatusCode.Created).ToList(), replies.Where(r => r.Status != HttpStatusCode.Created));
        created.Select(r => r.Text).Distinct().Count().ShouldBe(1);
        foreach (var reply in waiting)
            reply.ShouldBeProblem(HttpStatusCode.Conflict).Problem.ShouldBe("urn:devopscd:key-in-use");
        (await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: _key)).Text.ShouldBe(created[0].Text);
    }

    [Fact]
    public async Task Names_no_state_where_there_is_none_to_have_seen()
    {
        var name = ApiHost.Name();

        var refused = await host.Send(HttpMethod.Post, "/api/v1/applications", new { name }, headers: ("If-Match", "*"));

        refused.ShouldBeProblem(HttpStatusCode.PreconditionFailed).Problem.ShouldBe("urn:devopscd:changed");
        (await host.Get($"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static object Target(string @namespace) => new { @namespace, workload = new { kind = "Deployment", name = "x" } };

    private static object Batch(string title, string application) => new { title, releases = new[] { new { application } } };
}
