using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class An_application_that_moves(AccessHost host)
{
    [Fact]
    public async Task Needs_the_right_in_both_projects()
    {
        var (from, to) = (await NewProject(), await NewProject());
        var name = await Application(from);

        (await Move($"admin@{from} viewer@{to}", name, to)).ShouldSatisfyAllConditions(
            refused => refused.Status.ShouldBe(HttpStatusCode.Forbidden), refused => refused.Json.GetProperty("projects")[0].GetString().ShouldBe(to));
        (await Move($"viewer@{from} admin@{to}", name, to)).ShouldSatisfyAllConditions(
            refused => refused.Status.ShouldBe(HttpStatusCode.Forbidden), refused => refused.Json.GetProperty("projects")[0].GetString().ShouldBe(from));
        (await Move($"admin@{to}", name, to)).Status.ShouldBe(HttpStatusCode.NotFound);

        var moved = await Move($"release-manager@{from} release-manager@{to}", name, to);
        (moved.Status, moved.Json.GetProperty("project").GetString()).ShouldBe((HttpStatusCode.OK, to));
        (await host.Get($"viewer@{from}", $"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await host.Get($"viewer@{to}", $"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.OK);
        var row = (await host.Get("admin@*", $"/api/v1/access/events?project={to}")).Json.GetProperty("items").EnumerateArray()
            .First(e => e.GetProperty("event").GetString() == "application_moved");
        row.GetProperty("target").GetString().ShouldBe(name);
        (row.GetProperty("before").GetRawText(), row.GetProperty("after").GetRawText()).ShouldBe(($$"""{"project":"{{from}}"}""", $$"""{"project":"{{to}}"}"""));
    }

    [Fact]
    public async Task Waits_until_no_open_batch_has_it()
    {
        (await Move("admin@*", "shop-1", "bank")).ShouldExplain(HttpStatusCode.Conflict, "in open batch");
        (await host.Get("admin@*", "/api/v1/applications/shop-1")).Json.GetProperty("project").GetString().ShouldBe("shop");
    }

    [Fact]
    public async Task Goes_only_where_a_project_is() =>
        (await Move("admin@*", await Application(await NewProject()), "nowhere")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["project"]);

    [Fact]
    public async Task Is_changed_in_whatever_else_the_body_names_and_in_nothing_more()
    {
        var project = await NewProject();
        var name = await Application(project);
        var seen = (await host.Get("admin@*", $"/api/v1/applications/{name}")).ETag!;

        var changed = await host.Send("admin@*", HttpMethod.Patch, $"/api/v1/applications/{name}",
            new { defaultBranch = "refs/heads/next", repository = "https://git.example/shop/x", dependsOn = new[] { "shop-1" } }, ("If-Match", seen));

        changed.Status.ShouldBe(HttpStatusCode.OK, changed.Text);
        (changed.Json.GetProperty("defaultBranch").GetString(), changed.Json.GetProperty("appType").GetString(), changed.Json.GetProperty("project").GetString()).ShouldBe(("next", "service", project));
        changed.Json.GetProperty("dependsOn")[0].GetString().ShouldBe("shop-1");
        (await host.Send("admin@*", HttpMethod.Patch, $"/api/v1/applications/{name}", new { appType = "x" }, ("If-Match", seen))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await host.Send("admin@*", HttpMethod.Patch, $"/api/v1/applications/{name}", new { repository = "javascript:alert(1)" })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["repository"]);
        (await host.Send("admin@*", HttpMethod.Patch, $"/api/v1/applications/{name}", new { dependsOn = new[] { name } })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["dependsOn"]);
        (await host.Send("admin@*", HttpMethod.Patch, $"/api/v1/applications/{name}", new { })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Is_removed_with_its_targets_while_no_open_batch_has_it()
    {
        var name = await Application(await NewProject());
        (await host.Send("admin@*", HttpMethod.Put, $"/api/v1/applications/{name}/targets/pre/c1", new { @namespace = "x", workload = new { kind = "Deployment", name = "x" } })).Status.ShouldBe(HttpStatusCode.Created);
        (await host.Send("admin@*", HttpMethod.Delete, $"/api/v1/applications/{name}/targets/pre/c1")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.Send("admin@*", HttpMethod.Delete, $"/api/v1/applications/{name}/targets/pre/c1")).Status.ShouldBe(HttpStatusCode.NotFound);

        (await host.Send("admin@*", HttpMethod.Delete, $"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.NoContent);

        (await host.Get("admin@*", $"/api/v1/applications/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await host.Send("admin@*", HttpMethod.Delete, "/api/v1/applications/ledger")).ShouldExplain(HttpStatusCode.Conflict, "is in open batch");
    }

    /// <summary>A batch that spans projects is seen by who sees all of them: whoever sees the application alone is not told its number.</summary>
    [Fact]
    public async Task Does_not_tell_of_a_batch_that_the_viewer_may_not_see()
    {
        var number = (await host.Get("admin@*", "/api/v1/applications/shop-2")).Json.GetProperty("openBatch").GetString();
        number.ShouldNotBeNullOrEmpty();

        (await host.Get("viewer@shop", "/api/v1/applications/shop-2")).Json.TryGetProperty("openBatch", out _).ShouldBeFalse();
        (await host.Get("viewer@shop", "/api/v1/applications")).Text.ShouldNotContain(number);
        (await host.Get("viewer@shop viewer@bank", "/api/v1/applications")).Text.ShouldContain(number);
        (await host.Get("viewer@shop", "/api/v1/applications/shop-1")).Json.TryGetProperty("openBatch", out _).ShouldBeTrue();
    }

    private Task<Reply> Move(string roles, string name, string project) => host.Send(roles, HttpMethod.Patch, $"/api/v1/applications/{name}", new { project });

    private async Task<string> NewProject()
    {
        var name = $"p-{Guid.NewGuid():N}"[..12];
        (await host.Send("admin@*", HttpMethod.Put, $"/api/v1/projects/{name}", new { })).Status.ShouldBe(HttpStatusCode.Created);
        return name;
    }

    private async Task<string> Application(string project)
    {
        var name = ApiHost.Name();
        (await host.Send("admin@*", HttpMethod.Post, "/api/v1/applications", new { name, project, appType = "service" })).Status.ShouldBe(HttpStatusCode.Created);
        return name;
    }
}
