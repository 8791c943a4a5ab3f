using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class An_application_with_its_targets(ApiHost host)
{
    [Fact]
    public async Task Is_registered_in_one_request()
    {
        var name = ApiHost.Name();

        var made = await host.Post("/api/v1/applications", new { name, targets = new[] { Target("pre"), Target("prod", "c2") } });

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        Shown(made).ShouldBe(["pre/c1 shop 1 rolling", "prod/c2 shop 1 rolling"]);
        Shown(await host.Get($"/api/v1/applications/{name}")).ShouldBe(Shown(made));
    }

    [Fact]
    public async Task Is_not_registered_when_a_target_is_wrong_and_every_wrong_field_is_named()
    {
        var name = ApiHost.Name();

        var refused = await host.Post("/api/v1/applications", new { name, targets = new[] { Target("pre"), Target("test"), Target("prod", kind: "Pod"), Target("pre") } });

        var problem = refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity);
        problem.Fields.ShouldBe(["targets[1].stage", "targets[2].workload.kind", "targets[3].cluster"], ignoreOrder: true);
        (await host.Get($"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Is_changed_in_the_targets_that_are_named_and_in_no_other()
    {
        var name = ApiHost.Name();
        var seen = (await host.Post("/api/v1/applications", new { name, appType = "service", targets = new[] { Target("pre"), Target("prod") } })).ETag!;

        var changed = await host.Send(HttpMethod.Patch, $"/api/v1/applications/{name}",
            new { defaultBranch = "next", targets = new[] { Target("prod", @namespace: "bank"), Target("prod", "c2") } }, headers: ("If-Match", seen));

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        Shown(changed).ShouldBe(["pre/c1 shop 1 rolling", "prod/c1 bank 1 rolling", "prod/c2 shop 1 rolling"]);
        (changed.Json.GetProperty("defaultBranch").GetString(), changed.Json.GetProperty("appType").GetString()).ShouldBe(("next", "service"));
        (await host.Send(HttpMethod.Patch, $"/api/v1/applications/{name}", new { targets = new[] { Target("pre", "c9") } }, headers: ("If-Match", seen)))
            .Status.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Keeps_everything_when_one_of_the_changes_is_wrong()
    {
        var name = await host.Application();
        var before = Shown(await host.Get($"/api/v1/applications/{name}"));

        var refused = await host.Send(HttpMethod.Patch, $"/api/v1/applications/{name}",
            new { defaultBranch = "next", targets = new[] { Target("pre", @namespace: "bank"), Target("prod", wave: 21) } });

        refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["targets[1].wave"]);
        var after = await host.Get($"/api/v1/applications/{name}");
        (Shown(after), after.Json.GetProperty("defaultBranch").GetString()).ShouldSatisfyAllConditions(
            kept => kept.Item1.ShouldBe(before), kept => kept.Item2.ShouldBe("main"));
    }

    [Fact]
    public async Task Has_no_more_of_them_than_an_application_may_have()
    {
        var name = ApiHost.Name();
        (await host.Post("/api/v1/applications", new { name, targets = Enumerable.Range(0, 100).Select(n => Target("pre", $"c{n}")) }))
            .Status.ShouldBe(HttpStatusCode.Created);

        var refused = await host.Send(HttpMethod.Patch, $"/api/v1/applications/{name}", new { targets = new[] { Target("pre", "c0"), Target("prod") } });

        refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["targets[1].cluster"]);
    }

    private static object Target(string stage, string cluster = "c1", string @namespace = "shop", string kind = "Deployment", int wave = 1) =>
        new { stage, cluster, @namespace, workload = new { kind, name = "web" }, wave };

    private static string[] Shown(Reply application) =>
    [
        .. application.Json.GetProperty("targets").EnumerateArray().Select(target =>
            $"{target.GetProperty("stage")}/{target.GetProperty("cluster")} {target.GetProperty("namespace")} {target.GetProperty("wave")} {target.GetProperty("strategy").GetProperty("type")}")
    ];
}
