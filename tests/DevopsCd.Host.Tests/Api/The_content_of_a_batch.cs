using System.Net;
using System.Text.Json;

namespace DevopsCd.Host.Tests.Api;

/// <summary>What people change in a batch until it is sealed.</summary>
public sealed class The_content_of_a_batch(ApiHost host)
{
    [Fact]
    public async Task Takes_in_further_applications_and_moves_its_hash()
    {
        var (one, two, three) = (await host.Application(), await host.Application(), await host.Application());
        var batch = await Batch(one);
        var before = await Read(batch);

        var reply = await host.Post($"/api/v1/batches/{batch}/releases",
            new { releases = new object[] { new { application = two, dependsOn = new[] { one, three } }, new { application = three, buildNumber = "1" } } });

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        Releases(reply).Keys.ShouldBe([one, two, three], ignoreOrder: true);
        Releases(reply)[two].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()).ShouldBe([one, three]);
        Releases(reply)[three].GetProperty("pinnedBy").GetString().ShouldBe("ann");
        reply.Json.GetProperty("contentHash").GetString().ShouldNotBe(before.GetProperty("contentHash").GetString());
        var notes = await Notes(batch, "application_added");
        notes.Count.ShouldBe(2);
        (notes[0].GetProperty("operator").GetString(), notes[0].GetProperty("reason").GetString()).ShouldBe(("ann", $"{two}: 1 of main"));
    }

    [Fact]
    public async Task Waits_for_what_comes_in_later_where_the_catalogue_says_so_and_nobody_has_said_otherwise()
    {
        var under = await host.Application();
        var (usual, other) = (await host.Application(under), await host.Application(under));
        var batch = await Batch(usual, other, await host.Application());
        var third = Releases(await host.Get($"/api/v1/batches/{batch}")).Keys.Single(name => name != usual && name != other);
        (await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{other}", new { dependsOn = new[] { third } })).Status.ShouldBe(HttpStatusCode.OK);

        var reply = await Add(batch, under);

        Names(Releases(reply)[usual]).ShouldBe([under]);
        Names(Releases(reply)[other]).ShouldBe([third]);

        static IEnumerable<string?> Names(JsonElement release) => release.GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString());
    }

    [Fact]
    public async Task Says_everything_that_is_wrong_with_what_is_to_come_in()
    {
        var (one, elsewhere) = (await host.Application(), await host.Application());
        var batch = await Batch(one);
        await Batch(elsewhere);

        (await Add(batch, "not-registered")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["releases[0].application"]);
        (await Add(batch, elsewhere)).ShouldExplain(HttpStatusCode.Conflict, "is in open batch");
        (await Add(batch, one)).ShouldExplain(HttpStatusCode.Conflict, "is in this batch already");
        (await host.Post($"/api/v1/batches/{batch}/releases", new { releases = new[] { new { application = one, dependsOn = new[] { "stranger" } } } })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await host.Post($"/api/v1/batches/{batch}/releases", new { releases = Array.Empty<object>() })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await Add(999_999, one)).Status.ShouldBe(HttpStatusCode.NotFound);
        Releases(await host.Get($"/api/v1/batches/{batch}")).Keys.ShouldBe([one]);
    }

    [Fact]
    public async Task Lets_an_application_go_with_what_waited_for_it()
    {
        var (one, two) = (await host.Application(), await host.Application());
        var three = await host.Application(one, two);
        var batch = await Batch(one, two, three);
        var hash = (await Read(batch)).GetProperty("contentHash").GetString();

        var reply = await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{one}");

        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        Releases(reply).Keys.ShouldBe([two, three]);
        Releases(reply)[three].GetProperty("dependsOn").EnumerateArray().Select(d => d.GetString()).ShouldBe([two]);
        reply.Json.GetProperty("contentHash").GetString().ShouldNotBe(hash);
        (await Notes(batch, "application_removed")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe($"{one}: 1 of main");
        await Batch(one);
        (await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{one}")).Status.ShouldBe(HttpStatusCode.NotFound);
        await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{two}");
        (await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{three}")).ShouldExplain(HttpStatusCode.Conflict, "cancel the batch instead");
    }

    [Fact]
    public async Task Is_told_as_a_difference_to_what_was_approved()
    {
        var (one, two, three) = (await host.Application(), await host.Application(), await host.Application());
        var batch = await Batch(one, two);
        (await host.Post($"/api/v1/batches/{batch}/events/approve")).Status.ShouldBe(HttpStatusCode.OK);

        await Add(batch, three);
        await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{one}");

        var changes = (await Read(batch)).GetProperty("changesSinceApproval").EnumerateArray().ToDictionary(c => c.GetProperty("application").GetString()!, c => c.GetProperty("changes")[0].GetString());
        changes.ShouldBe(new Dictionary<string, string?> { [one] = "removed", [three] = "added" }, ignoreOrder: true);
        await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{three}");
        await Add(batch, one);
        (await Read(batch)).GetProperty("contentChangedSinceApproval").GetBoolean().ShouldBeFalse("it is what was approved again");
    }

    [Fact]
    public async Task Follows_another_branch()
    {
        var one = await host.Application();
        var batch = await Batch(one);
        await host.Post("/api/v1/builds", Testing.Hosting.CdApi.Build(one, 7, "release/2"));

        var reply = await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{one}", new { branch = "release/2" });

        (Releases(reply)[one].GetProperty("branch").GetString(), Releases(reply)[one].GetProperty("buildNumber").GetString()).ShouldBe(("release/2", "7"));
        (await Notes(batch, "branch_changed")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe($"{one}: main → release/2; 1 → 7");
        reply = await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{one}", new { branch = "empty" });
        Releases(reply)[one].TryGetProperty("buildNumber", out _).ShouldBeFalse("no build of the other branch stays");
        await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{one}", new { buildNumber = "1" });
        await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{one}", new { branch = "release/2" });
        reply = await host.Send(HttpMethod.Put, $"/api/v1/batches/{batch}/releases/{one}", new { buildNumber = "" });
        Releases(reply)[one].GetProperty("buildNumber").GetString().ShouldBe("7", "while it is pinned the branch is only what it follows afterwards");
    }

    [Fact]
    public async Task Stands_under_a_title_that_can_be_changed()
    {
        var batch = await Batch(await host.Application());
        var seen = (await host.Get($"/api/v1/batches/{batch}")).ETag!;
        await host.Send(HttpMethod.Put, "/api/v1/projects/shop", new { });

        var reply = await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { title = "another", project = "shop" }, headers: ("If-Match", seen));

        (reply.Status, reply.Json.GetProperty("title").GetString(), reply.Json.GetProperty("project").GetString()).ShouldBe((HttpStatusCode.OK, "another", "shop"));
        (await Notes(batch, "title_changed")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("a release → another");
        (await Notes(batch, "project_changed")).ShouldHaveSingleItem().GetProperty("reason").GetString().ShouldBe("none → shop");
        (await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { project = "" })).Json.TryGetProperty("project", out _).ShouldBeFalse();
        (await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { title = " " })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Belongs_to_no_project_that_is_not_there()
    {
        var application = await host.Application();
        object Wanted(string project) => new { title = "x", project, releases = new[] { new { application } } };

        (await host.Post("/api/v1/batches", Wanted("nowhere"))).ShouldExplain(HttpStatusCode.UnprocessableEntity, "there is no project 'nowhere'").Fields.ShouldBe(["project"]);
        var batch = (await host.Post("/api/v1/batches", Wanted("default"))).Json.GetProperty("id").GetInt64();
        (await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { project = "nowhere" })).ShouldExplain(HttpStatusCode.UnprocessableEntity, "there is no project 'nowhere'");
    }

    [Fact]
    public async Task Is_not_changed_by_who_has_looked_at_another_one()
    {
        var (one, two) = (await host.Application(), await host.Application());
        var batch = await Batch(one);
        var seen = (await host.Get($"/api/v1/batches/{batch}")).ETag!;
        await Add(batch, two);

        foreach (var (method, path, body) in (IEnumerable<(HttpMethod, string, object?)>)
            [(HttpMethod.Patch, "", new { title = "x" }), (HttpMethod.Post, "/releases", new { releases = new[] { new { application = one } } }), (HttpMethod.Delete, $"/releases/{two}", null)])
            (await host.Send(method, $"/api/v1/batches/{batch}{path}", body, headers: ("If-Match", seen))).ShouldExplain(HttpStatusCode.PreconditionFailed, $"{two}: added");
    }

    [Fact]
    public async Task Is_fixed_from_the_seal_on()
    {
        var (one, two) = (await host.Application(), await host.Application());
        var batch = await Batch(one);
        foreach (var batchEvent in (string[])["approve", "confirm_tag"])
            (await host.Post($"/api/v1/batches/{batch}/events/{batchEvent}")).Status.ShouldBe(HttpStatusCode.OK);

        (await Add(batch, two)).ShouldExplain(HttpStatusCode.Conflict, "is fixed");
        (await host.Send(HttpMethod.Delete, $"/api/v1/batches/{batch}/releases/{one}")).ShouldExplain(HttpStatusCode.Conflict, "is fixed");
        (await host.Send(HttpMethod.Patch, $"/api/v1/batches/{batch}", new { title = "x" })).ShouldExplain(HttpStatusCode.Conflict, "is fixed");
    }

    private async Task<long> Batch(params string[] applications)
    {
        var reply = await host.Post("/api/v1/batches", new { title = "a release", releases = applications.Select(application => new { application }) });
        reply.Status.ShouldBe(HttpStatusCode.Created, reply.Text);
        return reply.Json.GetProperty("id").GetInt64();
    }

    private Task<Reply> Add(long batch, string application) => host.Post($"/api/v1/batches/{batch}/releases", new { releases = new[] { new { application } } });

    private async Task<JsonElement> Read(long batch) => (await host.Get($"/api/v1/batches/{batch}")).Json;

    private async Task<List<JsonElement>> Notes(long batch, string what) =>
        [.. (await host.Get($"/api/v1/batches/{batch}/events")).Json.GetProperty("items").EnumerateArray().Where(e => e.GetProperty("event").GetString() == what)];

    private static Dictionary<string, JsonElement> Releases(Reply reply) => reply.Json.GetProperty("releases").EnumerateArray().ToDictionary(r => r.GetProperty("application").GetString()!);
}
