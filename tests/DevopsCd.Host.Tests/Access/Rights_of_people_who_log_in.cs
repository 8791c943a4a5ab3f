using System.Net;
using System.Text.Json;
using DevopsCd.Host.Tests.Api;
using Microsoft.Data.Sqlite;

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
        var refused = (await Put(person, $"projects/{shop}", new { })).Json;
        refused.GetProperty("permission").GetString().ShouldBe("policy.manage");
        // By a binding or by their account: whoever can give it is named.
        refused.GetProperty("grantedBy").EnumerateArray().Select(g => g.GetString()).ShouldContain("user:root");

        var own = await Explained(person, $"project={shop}");
        own.Count.ShouldBe(22);
        (own["edit"].GetProperty("allowed").GetBoolean(), own["edit"].GetProperty("bindings")[0].GetProperty("role").GetString()).ShouldBe((true, "developer"));
        own["approve"].GetProperty("allowed").GetBoolean().ShouldBeFalse("nobody says that they are in the group");
        var told = await Explained(root, $"subject=user:{name}&groups={group}&project={shop}");
        told["approve"].GetProperty("bindings")[0].GetProperty("subject").GetString().ShouldBe($"group:{group}");
        told["view"].GetProperty("bindings").GetArrayLength().ShouldBe(2);
        told["seal"].GetProperty("allowed").GetBoolean().ShouldBeFalse();
        told["seal"].GetProperty("grantedBy").EnumerateArray().Select(g => g.GetString()).ShouldContain("user:root");
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

    [Fact]
    public async Task Of_a_token_are_none_once_it_is_revoked_or_over()
    {
        using var root = await host.LoggedIn();
        foreach (var end in (Func<string, Task>[])[Revoke, PassBy])
        {
            var id = (await PasswordHost.Post(root, "access/tokens", new { name = "x" })).Json.GetProperty("id").GetString()!;
            (await Explained(root, $"subject=token:{id}"))["view"].GetProperty("allowed").GetBoolean().ShouldBeTrue();

            await end(id);

            (await PasswordHost.Get(root, $"access/explain?subject=token:{id}")).ShouldExplain(HttpStatusCode.NotFound, $"There is no valid token '{id}'.");
        }

        Task Revoke(string id) => PasswordHost.Send(root, HttpMethod.Delete, $"access/tokens/{id}", null, ("Sec-Fetch-Site", "same-origin"));

        async Task PassBy(string id)
        {
            await using var database = new SqliteConnection($"Data Source={Path.Combine(host.Process.Folder, "data", "devopscd.db")};Pooling=False");
            await database.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = database.CreateCommand();
            command.CommandText = "UPDATE access_tokens SET expires_at = created_at WHERE id = @id";
            command.Parameters.AddWithValue("@id", id);
            (await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken)).ShouldBe(1);
        }
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
