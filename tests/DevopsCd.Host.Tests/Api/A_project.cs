using System.Net;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_project(AccessHost host)
{
    private const string Admin = "admin@*";

    [Fact]
    public async Task Comes_into_being_with_its_policy()
    {
        var name = NewName();

        var made = await Put(Admin, name, new { approvals = new { required = 2 }, concurrentApps = 3 });

        made.Status.ShouldBe(HttpStatusCode.Created, made.Text);
        made.Json.GetProperty("effective").GetProperty("approvals").GetProperty("onChange").GetString().ShouldBe("keep");
        var read = await host.Get(Admin, $"/api/v1/projects/{name}");
        (read.Text, read.ETag).ShouldBe((made.Text, made.ETag));
        read.Json.GetProperty("policy").GetProperty("concurrentApps").GetInt32().ShouldBe(3);
        read.Json.GetProperty("policy").TryGetProperty("batchTimeout", out _).ShouldBeFalse();
        read.Json.GetProperty("updatedBy").GetString().ShouldBe("user:somebody");
        Names(await host.Get(Admin, "/api/v1/projects")).ShouldContain(name);
    }

    [Fact]
    public async Task Is_there_by_default()
    {
        (await host.Get(Admin, "/api/v1/projects/default")).Json.GetProperty("effective").GetProperty("automaticPreDeploy").GetBoolean().ShouldBeTrue();
        Names(await host.Get("viewer@default", "/api/v1/projects")).ShouldBe(["default"]);

        (await Send(Admin, HttpMethod.Delete, "default")).ShouldExplain(HttpStatusCode.Conflict, "cannot be removed");
    }

    [Fact]
    public async Task Is_not_overwritten_by_who_has_seen_an_older_policy()
    {
        var name = NewName();
        var seen = (await Put(Admin, name, new { concurrentApps = 1 })).ETag!;
        var changed = await Send(Admin, HttpMethod.Put, name, new { concurrentApps = 2 }, ("If-Match", seen));

        (await Send(Admin, HttpMethod.Put, name, new { concurrentApps = 3 }, ("If-Match", seen))).ShouldExplain(HttpStatusCode.PreconditionFailed, "has changed since");
        (await Send(Admin, HttpMethod.Delete, name, null, ("If-Match", seen))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await Send(Admin, HttpMethod.Put, name, new { }, ("If-None-Match", "*"))).Status.ShouldBe(HttpStatusCode.PreconditionFailed);

        changed.Status.ShouldBe(HttpStatusCode.OK);
        (await Send(Admin, HttpMethod.Delete, name, null, ("If-Match", changed.ETag!))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.Get(Admin, $"/api/v1/projects/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Is_set_by_who_manages_its_policy_and_by_nobody_else()
    {
        var name = NewName();
        await Put(Admin, name, new { });

        var viewed = await Put($"viewer@{name} admin@shop", name, new { });
        viewed.Status.ShouldBe(HttpStatusCode.Forbidden);
        viewed.Json.GetProperty("permission").GetString().ShouldBe("policy.manage");
        viewed.Json.GetProperty("projects")[0].GetString().ShouldBe(name);
        (await Put("admin@shop", name, new { })).ShouldExplain(HttpStatusCode.NotFound, $"There is no project '{name}'.");
        (await host.Get("admin@shop", $"/api/v1/projects/{name}")).Status.ShouldBe(HttpStatusCode.NotFound);

        (await Put($"admin@{name}", name, new { concurrentApps = 1 })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Refuses_a_policy_beyond_what_the_configuration_allows_and_names_every_wrong_field()
    {
        var refused = await Put(Admin, NewName(), new { concurrentApps = 65, batchTimeout = "9h", channels = new[] { "nobody" }, aprovals = new { required = 2 } });

        refused.ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["aprovals", "concurrentApps", "batchTimeout", "channels"], ignoreOrder: true);
        (await Put(Admin, "Shop!", new { })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["name"]);
    }

    [Fact]
    public async Task Goes_with_the_bindings_that_were_given_in_it()
    {
        var name = NewName();
        await Put(Admin, name, new { });
        var binding = new { subject = "user:zoe", role = "admin", project = name };
        (await host.Send(Admin, HttpMethod.Put, "/api/v1/access/bindings", binding)).Status.ShouldBe(HttpStatusCode.Created);

        (await Send($"admin@{name}", HttpMethod.Delete, name)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Send(Admin, HttpMethod.Delete, name)).Status.ShouldBe(HttpStatusCode.NotFound);
        await Put(Admin, name, new { });

        (await host.Get(Admin, $"/api/v1/access/bindings?project={name}")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await host.Get(Admin, $"/api/v1/access/events?project={name}")).Json.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("event").GetString())
            .ShouldBe(["project_created", "project_removed", "binding_removed", "binding_added", "project_created"]);
    }

    [Fact]
    public async Task Stays_while_applications_or_open_batches_belong_to_it()
    {
        var home = NewName();
        await Put(Admin, home, new { });
        var resident = await Application(home);
        (await Send(Admin, HttpMethod.Delete, home)).ShouldExplain(HttpStatusCode.Conflict, $"'{home}': {resident}; move them first");

        var name = NewName();
        await Put(Admin, name, new { });
        var other = NewName();
        await Put(Admin, other, new { });
        var application = await Application(other);
        var batch = await CdApi.Patient(host.Http).Send(HttpMethod.Post, "batches", new { title = "x", project = name, releases = new[] { new { application } } });
        (await Send(Admin, HttpMethod.Delete, name)).ShouldExplain(HttpStatusCode.Conflict, batch.Body.GetProperty("batchNumber").GetString()!);
    }

    [Fact]
    public async Task Leaves_its_changes_in_the_audit_with_what_was_before_and_after()
    {
        var name = NewName();
        await Put(Admin, name, new { concurrentApps = 2 });
        await Put(Admin, name, new { concurrentApps = 4 });

        var rows = (await host.Get(Admin, $"/api/v1/access/events?project={name}")).Json.GetProperty("items");

        rows[0].GetProperty("event").GetString().ShouldBe("policy_changed");
        rows[0].GetProperty("subject").GetString().ShouldBe("user:somebody");
        rows[0].GetProperty("address").GetString().ShouldBe("127.0.0.1");
        rows[0].GetProperty("before").GetRawText().ShouldBe("""{"concurrentApps":2}""");
        rows[0].GetProperty("after").GetRawText().ShouldBe("""{"concurrentApps":4}""");
        (await host.Get("operator@shop", $"/api/v1/access/events?project={name}")).Json.GetProperty("items").GetArrayLength().ShouldBe(0, "it is another project's");
    }

    private Task<Reply> Put(string roles, string name, object policy) => Send(roles, HttpMethod.Put, name, policy);

    private Task<Reply> Send(string roles, HttpMethod method, string name, object? body = null, params (string, string)[] headers) =>
        host.Send(roles, method, $"/api/v1/projects/{name}", body, headers);

    private async Task<string> Application(string project)
    {
        var name = ApiHost.Name();
        (await host.Send(Admin, HttpMethod.Post, "/api/v1/applications", new { name, project })).Status.ShouldBe(HttpStatusCode.Created);
        return name;
    }

    private static IEnumerable<string?> Names(Reply list) => list.Json.GetProperty("items").EnumerateArray().Select(p => p.GetProperty("name").GetString());

    private static string NewName() => $"p-{Guid.NewGuid():N}"[..12];
}
