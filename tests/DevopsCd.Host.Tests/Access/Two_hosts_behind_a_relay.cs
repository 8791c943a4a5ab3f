using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class Two_hosts_behind_a_relay
{
    [Fact]
    public async Task Are_one_service_to_whoever_logs_in_at_a_provider_and_out_again()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        var (port, provider) = (FreePort.Next(), FreePort.Next());
        var relayed = new Uri($"http://127.0.0.1:{port}/");
        HostSettings Settings() => HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString)
            .With("core__auth__mode", "oidc").With("core__deploy__driver", "external")
            .With("core__auth__oidc__authority", $"http://127.0.0.1:{provider}").With("core__auth__oidc__client_id", IdentityProvider.Client)
            .With("core__auth__oidc__client_secret", IdentityProvider.Secret);
        await using var people = new IdentityProvider(provider, relayed.ToString().TrimEnd('/'));
        await people.Start();
        await people.Knows("ann", "staff");
        await using var one = await HostProcess.StartNewAsync("one", Settings());
        await using var two = await HostProcess.StartNewAsync("two", Settings());
        await using var relay = new RoundRobin(port, one.BaseUrl, two.BaseUrl);
        using var browser = new Browser();

        // The question at one of them, the answer at the other.
        await browser.Go(new Uri(relayed, "login/oidc?return=/login"));
        await browser.Submit(("login", "ann"));

        for (var i = 0; i < 4; i++)
            (await browser.Ask(new Uri(relayed, "api/v1/access/me"))).ShouldBe(HttpStatusCode.OK, browser.Page);
        using var program = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseCookies = false }) { BaseAddress = relayed };
        var made = await Send(program, HttpMethod.Post, "access/tokens", new { name = "x" }, ("Cookie", $"__Host-devopscd={browser.Cookie("__Host-devopscd")}"), ("Sec-Fetch-Site", "same-origin"));
        var bearer = ("Authorization", $"Bearer {made.Json.GetProperty("token").GetString()}");
        for (var i = 0; i < 4; i++)
            (await Get(program, "access/me", bearer)).Status.ShouldBe(HttpStatusCode.OK);
        (await Send(program, HttpMethod.Delete, $"access/tokens/{made.Json.GetProperty("id").GetString()}", null, bearer)).Status.ShouldBe(HttpStatusCode.NoContent);
        await browser.Go(new Uri(relayed, "login"));
        await browser.Submit();
        for (var i = 0; i < 4; i++)
        {
            (await Get(program, "access/me", bearer)).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await browser.Ask(new Uri(relayed, "api/v1/access/me"))).ShouldBe(HttpStatusCode.Unauthorized);
        }
    }
}
