using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class Two_people_at_one_thing(ApiHost host)
{
    [Fact]
    public async Task Do_not_overwrite_each_other_in_a_target()
    {
        var path = $"/api/v1/applications/{await host.Application()}/targets/pre/c1";
        var seen = (await host.Get(path)).ETag!;

        var first = await host.Send(HttpMethod.Put, path, Target("one"), headers: ("If-Match", seen));
        var second = await host.Send(HttpMethod.Put, path, Target("two"), headers: ("If-Match", seen));

        first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
        second.ShouldExplain(HttpStatusCode.PreconditionFailed, "has changed since it was read");
        (await host.Get(path)).Json.GetProperty("namespace").GetString().ShouldBe("one");
        (await host.Get(path)).ETag.ShouldBe(first.ETag);
        (await host.Send(HttpMethod.Put, path, Target("two"), headers: ("If-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task May_hold_to_the_application_that_a_target_was_read_with()
    {
        var name = await host.Application();
        var seen = (await host.Get($"/api/v1/applications/{name}")).ETag!;

        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{name}/targets/pre/c1", Target("one"), headers: ("If-Match", seen))).Status.ShouldBe(
            HttpStatusCode.OK);
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{name}/targets/prod/c1", Target("two"), headers: ("If-Match", seen))).ShouldBeProblem(
            HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Make_a_target_once_when_both_want_it_new()
    {
        var name = await host.Application();
        var path = $"/api/v1/applications/{name}/targets/pre/c9";

        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(n => host.Send(HttpMethod.Put, path, Target($"n{n}"), headers: ("If-None-Match", "*"))));

        replies.Count(r => r.Status == HttpStatusCode.Created).ShouldBe(1);
        foreach (var late in replies.Where(r => r.Status != HttpStatusCode.Created))
            late.ShouldBeProblem(HttpStatusCode.PreconditionFailed);
        (await host.Send(HttpMethod.Put, $"/api/v1/applications/{name}/targets/pre/c8", Target("x"), headers: ("If-Match", "*"))).ShouldExplain(
            HttpStatusCode.PreconditionFailed, "does not exist");
    }

    [Fact]
    public async Task Do_not_overwrite_each_other_in_a_release()
    {
        var app = await host.Application();
        await host.Post("/api/v1/builds", CdApi.Build(app, 2));
        var id = await host.BatchOf(app);
        var path = $"/api/v1/batches/{id}/releases/{app}";
        var seen = (await host.Get($"/api/v1/batches/{id}")).ETag!;

        var first = await host.Send(HttpMethod.Put, path, new { buildNumber = "1" }, headers: ("If-Match", seen));
        var second = await host.Send(HttpMethod.Put, path, new { buildNumber = "2" }, by: "bob", headers: ("If-Match", seen));

        first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
        second.ShouldExplain(HttpStatusCode.PreconditionFailed, $"{app}: build 2 → 1");
        second.Json.GetProperty("changes")[0].GetProperty("application").GetString().ShouldBe(app);
        (await host.Send(HttpMethod.Put, path, new { buildNumber = "2" }, by: "bob", headers: ("If-Match", first.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task See_that_the_other_one_has_pinned_what_was_there_anyway()
    {
        var app = await host.Application();
        var id = await host.BatchOf(app);
        var path = $"/api/v1/batches/{id}/releases/{app}";
        var seen = (await host.Get($"/api/v1/batches/{id}")).ETag!;

        await host.Send(HttpMethod.Put, path, new { buildNumber = "1" });

        (await host.Send(HttpMethod.Put, path, new { buildNumber = "" }, by: "bob", headers: ("If-Match", seen))).ShouldExplain(
            HttpStatusCode.PreconditionFailed, "pinned");
    }

    [Fact]
    public async Task Approve_and_seal_what_they_have_read()
    {
        var app = await host.Application();
        var id = await host.BatchOf(app);
        var path = $"/api/v1/batches/{id}";
        var seen = (await host.Get(path)).ETag!;
        await host.Post("/api/v1/builds", CdApi.Build(app, 2));

        (await host.Send(HttpMethod.Post, $"{path}/events/approve", headers: ("If-Match", seen))).ShouldExplain(HttpStatusCode.PreconditionFailed,
            $"{app}: build 1 → 2");
        (await host.Send(HttpMethod.Post, $"{path}/events/approve", headers: ("If-Match", $"{seen}, {(await host.Get(path)).ETag}"))).Status.ShouldBe(
            HttpStatusCode.OK);
        var approved = (await host.Get(path)).ETag!;
        await host.Post("/api/v1/builds", CdApi.Build(app, 3));
        (await host.Send(HttpMethod.Post, $"{path}/events/confirm_tag", headers: ("If-Match", approved))).ShouldExplain(HttpStatusCode.PreconditionFailed,
            $"{app}: build 2 → 3");
        (await host.Send(HttpMethod.Post, $"{path}/events/confirm_tag", headers: ("If-Match", "\"somebody-else\""))).ShouldBeProblem(
            HttpStatusCode.PreconditionFailed);
        (await host.Send(HttpMethod.Post, $"{path}/events/confirm_tag", headers: ("If-Match", (await host.Get(path)).ETag!))).Status.ShouldBe(
            HttpStatusCode.OK);
    }

    [Fact]
    public async Task Are_told_that_nothing_is_new()
    {
        var app = await host.Application();
        var id = await host.BatchOf(app);
        foreach (var path in (string[])[$"/api/v1/batches/{id}", $"/api/v1/applications/{app}", $"/api/v1/applications/{app}/targets/pre/c1",
            $"/api/v1/builds?app={app}", $"/api/v1/batches/{id}/events"])
        {
            var read = await host.Get(path);

            var again = await host.Send(HttpMethod.Get, path, by: null, headers: ("If-None-Match", $"\"x\", W/{read.ETag}"));

            (again.Status, again.ETag, again.Text).ShouldBe((HttpStatusCode.NotModified, read.ETag, ""), path);
        }
        var before = (await host.Get($"/api/v1/batches/{id}")).ETag!;
        await host.Post("/api/v1/builds", CdApi.Build(app, 2));
        (await host.Send(HttpMethod.Get, $"/api/v1/batches/{id}", by: null, headers: ("If-None-Match", before))).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static object Target(string @namespace) => new { @namespace, workload = new { kind = "Deployment", name = "x" } };
}
