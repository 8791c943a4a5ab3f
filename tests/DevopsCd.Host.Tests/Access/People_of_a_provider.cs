using System.Net;
using System.Text.Json;
using DevopsCd.Testing;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class People_of_a_provider(ProviderHost host) : IClassFixture<ProviderHost>
{
    [Fact]
    public async Task Are_let_in_under_their_name_with_their_groups()
    {
        var name = await host.Person("staff", "devs");

        using var browser = await host.LogIn(name);

        browser.Page.ShouldContain($"You are logged in as <b>{name}</b>");
        (await host.Me(browser)).ShouldBe(HttpStatusCode.OK);
        using var me = JsonDocument.Parse(browser.Page);
        me.RootElement.GetProperty("subject").GetString().ShouldBe($"user:{name}");
        me.RootElement.GetProperty("groups").EnumerateArray().Select(g => g.GetString()).ShouldBe(["staff", "devs"], ignoreOrder: true);
    }

    [Fact]
    public async Task Have_the_rights_of_their_groups()
    {
        using var ops = await host.LogIn(await host.Person("staff", "ops"));
        using var dev = await host.LogIn(await host.Person("staff"));

        (await ops.Ask(host.At("api/v1/access/accounts"))).ShouldBe(HttpStatusCode.OK);
        (await dev.Ask(host.At("api/v1/access/accounts"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("https://attacker.example/")]
    [InlineData("//attacker.example/")]
    [InlineData("/%5Cattacker.example/")]
    [InlineData("%09//attacker.example/")]
    public async Task Are_led_to_no_other_host_after_it(string wanted)
    {
        var name = await host.Person("staff");
        using var browser = new Browser();

        await browser.Go(host.At($"login/oidc?return={wanted}"));
        await browser.Submit(("login", name));

        (browser.At.Authority, browser.At.AbsolutePath).ShouldBe((host.At("").Authority, "/"));
    }

    [Fact]
    public async Task Do_not_take_over_a_session_that_somebody_planted()
    {
        const string Session = "__Host-devopscd";
        var (other, name) = (await host.Person("staff"), await host.Person("staff"));
        using var attacker = await host.LogIn(other);
        using var victim = new Browser();
        victim.Plant(Session, attacker.Cookie(Session)!);

        await victim.Go(host.At("login/oidc?return=/login"));
        await victim.Submit(("login", name));

        victim.Cookie(Session).ShouldNotBe(attacker.Cookie(Session));
        (await host.Me(attacker)).ShouldBe(HttpStatusCode.OK);
        attacker.Page.ShouldContain($"user:{other}");
        (await host.Me(victim)).ShouldBe(HttpStatusCode.OK);
        victim.Page.ShouldContain($"user:{name}");
    }

    [Fact]
    public async Task Who_lack_the_required_group_stay_out()
    {
        using var browser = await host.LogIn(await host.Person("guests"));

        browser.Status.ShouldBe(HttpStatusCode.Unauthorized);
        browser.Page.ShouldContain("Only members of the group staff");
        (await host.Me(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Do_not_get_the_account_of_somebody_with_a_password()
    {
        await host.Provider.Knows("root", "staff");

        using var browser = await host.LogIn("root");

        browser.Page.ShouldContain("belongs to another account");
        (await host.Me(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Are_out_with_their_tokens_when_they_lose_the_required_group()
    {
        var name = await host.Person("staff");
        using var browser = await host.LogIn(name);
        using var program = new HttpClient { BaseAddress = host.Process.BaseUrl };
        var made = await Send(program, HttpMethod.Post, "access/tokens", new { name = "x" }, ("Cookie", $"__Host-devopscd={browser.Cookie("__Host-devopscd")}"), ("Sec-Fetch-Site", "same-origin"));
        var bearer = ("Authorization", $"Bearer {made.Json.GetProperty("token").GetString()}");
        (await Get(program, "access/me", bearer)).Status.ShouldBe(HttpStatusCode.OK);

        await host.Provider.Knows(name, "guests");

        await Eventually.IsTrue(async () => await host.Me(browser) == HttpStatusCode.Unauthorized, "the session is over", TimeSpan.FromMinutes(2));
        await Eventually.IsTrue(async () => (await Get(program, "access/me", bearer)).Status == HttpStatusCode.Unauthorized, "the token is refused", TimeSpan.FromMinutes(2));
        await host.Provider.Knows(name, "staff");
        using var again = await host.LogIn(name);
        (await Get(program, "access/me", bearer)).Status.ShouldBe(HttpStatusCode.OK, "whoever is let in again has what they had");
    }

    [Fact]
    public async Task Have_the_groups_that_the_provider_says_now()
    {
        var name = await host.Person("staff");
        using var browser = await host.LogIn(name);
        (await browser.Ask(host.At("api/v1/access/accounts"))).ShouldBe(HttpStatusCode.Forbidden);

        await host.Provider.Knows(name, "staff", "ops");

        await Eventually.IsTrue(async () => await browser.Ask(host.At("api/v1/access/accounts")) == HttpStatusCode.OK, "the new group counts", TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Log_in_after_the_provider_has_changed_its_keys()
    {
        using var before = await host.LogIn(await host.Person("staff"));
        await host.Provider.ChangesItsKeys();

        // The first to come has the service read the new keys.
        await Eventually.IsTrue(async () =>
        {
            using var browser = await host.LogIn(await host.Person("staff"));
            return await host.Me(browser) == HttpStatusCode.OK;
        }, "somebody logs in", TimeSpan.FromMinutes(2));
    }

    [Fact]
    public async Task Are_out_when_they_log_out_at_the_provider()
    {
        using var browser = await host.LogIn(await host.Person("staff"));
        using var other = await host.LogIn(await host.Person("staff"));

        await browser.Go(host.Provider.EndSession);
        await browser.Submit(("logout", "yes"));

        await Eventually.IsTrue(async () => await host.Me(browser) == HttpStatusCode.Unauthorized, "the session is over", TimeSpan.FromMinutes(2));
        (await host.Me(other)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Are_led_to_the_provider_when_they_log_out_here()
    {
        using var browser = await host.LogIn(await host.Person("staff"));

        await browser.Submit();

        browser.Page.ShouldContain($"{host.Provider.EndSession}?");
        (await host.Me(browser)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no token")]
    [InlineData("eyJhbGciOiJub25lIn0.eyJldmVudHMiOnsiaHR0cDovL3NjaGVtYXMub3BlbmlkLm5ldC9ldmVudC9iYWNrY2hhbm5lbC1sb2dvdXQiOnt9fSwic3ViIjoiYWxpY2UifQ.")]
    public async Task Are_logged_out_by_no_note_of_a_stranger(string note)
    {
        using var http = new HttpClient { BaseAddress = host.Process.BaseUrl };

        using var answer = await http.PostAsync("login/oidc/logout", new FormUrlEncodedContent([new("logout_token", note)]), TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Do_not_come_in_by_the_answer_to_somebody_elses_login()
    {
        // The answer without the cookie of the question.
        using var victim = new Browser();
        await victim.Go(host.At("login/oidc/callback?code=x&state=y"));

        victim.Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await host.Me(victim)).ShouldBe(HttpStatusCode.Unauthorized);
    }
}

/// <summary>In a class of its own, because it takes the provider away.</summary>
public sealed class People_whose_provider_is_down(ProviderHost host) : IClassFixture<ProviderHost>
{
    [Fact]
    public async Task Go_on_working_and_nobody_new_comes_in()
    {
        using var browser = await host.LogIn(await host.Person("staff"));

        await host.Provider.Stop();

        await Eventually.IsTrue(() => host.Process.LogTail.Contains("login provider does not answer", StringComparison.Ordinal), "the session was due", TimeSpan.FromMinutes(2));
        (await host.Me(browser)).ShouldBe(HttpStatusCode.OK);
        using var stranger = new Browser();
        await stranger.Go(host.At("login/oidc"));
        stranger.Status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        stranger.Page.ShouldContain("does not answer");
    }
}
