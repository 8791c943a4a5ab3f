using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class The_set_up_link
{
    [Fact]
    public async Task Makes_the_first_account_once_and_is_not_logged_again()
    {
        await using var host = await HostProcess.StartNewAsync("setup", HostSettings.Embedded().With("core__auth__mode", "password"));
        var token = await SetUpToken(host);
        using var http = PasswordHost.Client(host);

        (await http.GetStringAsync($"setup?token={token}", TestContext.Current.CancellationToken)).ShouldContain("<form");
        (await Post(http, "access/password", new
        {
            token,
            name = "ann",
            password = "short"
        })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["password"]);
        (await Post(http, "access/password", new
        {
            token,
            name = "engine",
            password = Password
        })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["name"]);
        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            Post(http, "access/password", new { token, name = $"ann{i}", password = Password })));

        replies.Count(r => r.Status == HttpStatusCode.NoContent).ShouldBe(1, string.Join('\n', replies.Select(r => r.Text)));
        (await Get(http, "access/accounts")).Json.GetProperty("items").GetArrayLength().ShouldBe(1);
        (await Post(http, "access/password", new { token, name = "eve", password = Password })).ShouldBeProblem(HttpStatusCode.Gone);
        await host.RestartAsync();
        host.LogTail.Split("/setup?token=").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Is_logged_by_one_of_two_hosts_that_start_together()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        HostSettings Settings() => HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString)
            .With("core__auth__mode", "password").With("core__deploy__driver", "external");
        await using var one = new HostProcess("one", Settings());
        await using var two = new HostProcess("two", Settings());
        foreach (var host in (HostProcess[])[one, two])
            host.Launch();
        foreach (var host in (HostProcess[])[one, two])
        {
            await host.UntilReadyAsync();
            await Eventually.IsTrue(() => host.LogTail.Contains("Nobody has an account yet", StringComparison.Ordinal), "it says how the first account is made");
        }

        $"{one.LogTail}{two.LogTail}".Split("/setup?token=").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Comes_instead_of_a_default_password()
    {
        await using var host = await HostProcess.StartNewAsync("setup", HostSettings.Embedded().With("core__auth__mode", "password"));
        using var http = PasswordHost.Client(host);

        foreach (var name in (string[])["admin", "root", "devopscd"])
            (await Post(http, "access/login", new { name, password = name })).ShouldBeProblem(HttpStatusCode.Unauthorized);
        (await Post(http, "access/password", new { token = new string('x', 43), name = "eve", password = Password })).ShouldBeProblem(HttpStatusCode.Gone);
    }
}
