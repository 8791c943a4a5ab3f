using System.Net;
using System.Text.Json;
using DevopsCd.Host.Tests.Api;

namespace DevopsCd.Host.Tests.Access;

/// <summary>People with accounts, roles and projects: from the invitation to the refusal, as they meet it.</summary>
public sealed class Rights_of_people_who_log_in(PasswordHost host) : IClassFixture<PasswordHost>
{
    [Fact]
    public async Task Are_those_of_their_bindings_and_are_explained_by_them()
    {
        var (shop, name, group) = (await Project(), await host.Account(), $"g{Guid.NewGuid():N}");
        using var root = await host.LoggedIn();
        using var person = await host.LoggedIn(name);
        (await PasswordHost.Get(person, $"projects/{shop}")).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Put(root, "access/bindings", new { subject = $"user:{name}", role = "developer", project = shop })).Status.ShouldBe(HttpStatusCode.Created);
        (await Put(root, "access/bindings", new { subject = $"group:{group}", role = "approver", project = "*" })).Status.ShouldBe(HttpStatusCode.Created);

        (await PasswordHost.Get(person, $"projects/{shop}")).Status.ShouldBe(HttpStatusCode.OK);
        (await Put(person, $"projects/{shop}", new { })).Json.GetProperty("permission").GetString().ShouldBe("policy.manage");

        var own = await Explained(person, $"project={shop}");
        own.Count.ShouldBe(22);
        (own["edit"].GetProperty("allowed").GetBoolean(), own["edit"].GetProperty("bindings")[0].GetProperty("role").GetString()).ShouldBe((true, "developer"));
        own["approve"].GetProperty("allowed").GetBoolean().ShouldBeFalse("nobody says that they are in the group");
        var told = await Explained(root, $"subject=user:{name}&groups={group}&project={shop}");
        told["approve"].GetProperty("bindings")[0].GetProperty("subject").GetString().ShouldBe($"group:{group}");
        told["view"].GetProperty("bindings").GetArrayLength().ShouldBe(2);
        told["seal"].GetProperty("allowed").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Of_an_administrator_and_of_a_token_are_explained_by_what_they_come_from()
    {
        using var root = await host.LoggedIn();
        var token = (await PasswordHost.Post(root, "access/tokens", new { name = "x", permissions = new[] { "view" } })).Json.GetProperty("id").GetString();

        (await Explained(root, "subject=user:root"))["policy.manage"].GetProperty("bindings")[0].GetProperty("source").GetString().ShouldBe("the account is an administrator's");
        var bounded = await Explained(root, $"subject=token:{token}");
        (bounded["view"].GetProperty("allowed").GetBoolean(), bounded["edit"].GetProperty("allowed").GetBoolean()).ShouldBe((true, false));
    }

    private async Task<string> Project()
    {
        var name = $"p{Guid.NewGuid():N}"[..12];
        using var root = await host.LoggedIn();
        (await Put(root, $"projects/{name}", new { })).Status.ShouldBe(HttpStatusCode.Created);
        return name;
    }

    private static Task<Reply> Put(HttpClient http, string path, object body) => PasswordHost.Send(http, HttpMethod.Put, path, body, ("Sec-Fetch-Site", "same-origin"));

    private static async Task<Dictionary<string, JsonElement>> Explained(HttpClient http, string query)
    {
        var reply = await PasswordHost.Get(http, $"access/explain?{query}");
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return reply.Json.GetProperty("permissions").EnumerateArray().ToDictionary(p => p.GetProperty("permission").GetString()!);
    }
}
