using System.Net;
using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Testing.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Host.Tests.Api;

/// <summary>R16 and R17 as callers see them: a project of its own, in which two approve, one of them of the group <c>security</c>.</summary>
public sealed class An_approval_by_two_people(AccessHost host)
{
    private const string Viewer = "vic: viewer@{0}", Author = "somebody: admin@{0}", First = "bob: approver@{0}", Second = "carol+security: approver@{0}";

    [Fact]
    public async Task Is_a_vote_first_and_an_approval_with_the_second()
    {
        var (project, path) = await Batch();

        var first = await Approve(project, First, path);

        first.Status.ShouldBe(HttpStatusCode.OK, first.Text);
        (Number(first.Json, "from"), Number(first.Json, "to"), Number(first.Json, "version"), Number(first.Json, "votes"), Number(first.Json, "required"))
            .ShouldBe((0, 0, 0, 1, 2));
        first.Json.GetProperty("event").GetString().ShouldBe("approve");
        first.Json.GetProperty("missing")[0].GetProperty("group").GetString().ShouldBe("security");
        var shown = (await host.Get(By(project, Viewer), path)).Json;
        (Number(shown, "state"), Number(shown.GetProperty("approval"), "votes")).ShouldBe((0, 1));
        var audit = (await host.Get(By(project, Viewer), $"{path}/events")).Json.GetProperty("items").EnumerateArray().Last();
        (audit.GetProperty("event").GetString(), audit.GetProperty("outcome").GetString(), audit.GetProperty("operator").GetString())
            .ShouldBe(("approval_given", "noted", "bob"));

        var second = await Approve(project, Second, path);

        (Number(second.Json, "from"), Number(second.Json, "to"), Number(second.Json, "version"), Number(second.Json, "votes")).ShouldBe((0, 5, 1, 2));
        second.Json.GetProperty("missing").GetArrayLength().ShouldBe(0);
        var approvals = (await host.Get(By(project, Viewer), $"{path}/approvals")).Json;
        approvals.GetProperty("release").GetProperty("given").EnumerateArray().Select(v => (v.GetProperty("by").GetString(), v.GetProperty("counts").GetBoolean()))
            .ShouldBe([("bob", true), ("carol", true)]);
        approvals.TryGetProperty("production", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Refuses_a_vote_on_content_that_has_changed_since_it_was_read()
    {
        var (project, path) = await Batch();
        var read = await host.Get(By(project, First), path);
        var application = read.Json.GetProperty("releases")[0].GetProperty("application").GetString()!;
        (await host.Send(By(project, Author), HttpMethod.Put, $"{path}/releases/{application}", new { buildNumber = "1" })).Status.ShouldBe(HttpStatusCode.OK);
        (await CdApi.Patient(host.Http).AddBuild(application, 2)).Expect();
        (await host.Send(By(project, Author), HttpMethod.Put, $"{path}/releases/{application}", new { buildNumber = "2" })).Status.ShouldBe(HttpStatusCode.OK);

        var stale = await host.Send(By(project, First), HttpMethod.Post, $"{path}/events/approve", headers: ("If-Match", read.ETag!));

        stale.Status.ShouldBe(HttpStatusCode.PreconditionFailed, stale.Text);
        stale.Json.GetProperty("changes")[0].GetProperty("changes")[0].GetString().ShouldBe("build 1 → 2");
        Number((await host.Get(By(project, First), path)).Json.GetProperty("approval"), "votes").ShouldBe(0);
    }

    [Fact]
    public async Task Lets_both_vote_on_the_tag_that_both_have_read()
    {
        var (project, path) = await Batch();
        var read = await host.Get(By(project, First), path);

        (await host.Send(By(project, First), HttpMethod.Post, $"{path}/events/approve", headers: ("If-Match", read.ETag!))).Status.ShouldBe(HttpStatusCode.OK);
        Number((await host.Send(By(project, Second), HttpMethod.Post, $"{path}/events/approve", headers: ("If-Match", read.ETag!))).Json, "to").ShouldBe(5);
    }

    [Fact]
    public async Task Is_explained_to_each_by_what_they_may_do()
    {
        var (project, path) = await Batch();

        var viewer = Event(await host.Get(By(project, Viewer), $"{path}/explain"), "approve");
        var author = Event(await host.Get(By(project, Author), $"{path}/explain"), "approve");
        var approver = Event(await host.Get(By(project, First), $"{path}/explain"), "approve");

        viewer.GetProperty("allowed").GetBoolean().ShouldBeFalse();
        var right = viewer.GetProperty("obstacles").EnumerateArray().ShouldHaveSingleItem();
        (right.GetProperty("guard").GetString(), right.GetProperty("permission").GetString(), right.GetProperty("liftedBy").GetString())
            .ShouldBe(("rights", "approve", "access.manage"));
        author.GetProperty("obstacles").EnumerateArray().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            obstacle => obstacle.GetProperty("guard").GetString().ShouldBe("author"), obstacle => obstacle.GetProperty("liftedBy").GetString().ShouldBe("approve"));
        approver.GetProperty("allowed").GetBoolean().ShouldBeTrue();
        var missing = approver.GetProperty("approval").GetProperty("missing");
        missing.EnumerateArray().Select(m => (m.TryGetProperty("group", out var group) ? group.GetString() : null, Number(m, "count")))
            .ShouldBe([("security", 1), (null, 1)]);

        (await Approve(project, Viewer, path)).ShouldBeProblem(HttpStatusCode.Forbidden).Detail.ShouldBe(right.GetProperty("reason").GetString());
        (await Approve(project, Author, path)).ShouldBeProblem(HttpStatusCode.Conflict).Detail.ShouldContain("somebody else has to approve it");
    }

    private static string By(string project, string who) => string.Format(System.Globalization.CultureInfo.InvariantCulture, who, project);

    private Task<Reply> Approve(string project, string who, string path) => host.Send(By(project, who), HttpMethod.Post, $"{path}/events/approve");

    private static int Number(JsonElement json, string name) => json.GetProperty(name).GetInt32();

    private static JsonElement Event(Reply explained, string key) =>
        explained.Json.GetProperty("events").EnumerateArray().Single(e => e.GetProperty("event").GetString() == key);

    private async Task<(string Project, string Path)> Batch()
    {
        var name = $"v{Guid.NewGuid():N}"[..12];
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CdDbContext>();
            var policy = new ApprovalPolicyBody { Required = 2, Groups = new Dictionary<string, int> { ["security"] = 1 }, NotByAuthor = true };
            db.Add(new Project { Name = name, Policy = PolicyRules.Write(new ProjectPolicyBody { Approvals = policy }) });
            await db.SaveChangesAsync();
        }
        var api = CdApi.Patient(host.Http);
        (await api.Send(HttpMethod.Post, "applications", new { name, project = name })).Expect();
        foreach (var stage in (string[])["pre", "prod"])
            (await api.SetTarget(name, stage)).Expect();
        (await api.AddBuild(name, 1)).Expect();
        var created = await host.Send(By(name, Author), HttpMethod.Post, "/api/v1/batches", new { title = "two people", releases = new[] { new { application = name } } });
        created.Status.ShouldBe(HttpStatusCode.Created, created.Text);
        return (name, $"/api/v1/batches/{Number(created.Json, "id")}");
    }
}
