using System.Net;
using System.Text.Json;
using DevopsCd.Host.Tests.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

/// <summary>Device login, as RFC 8628 says.</summary>
public sealed class A_program_without_a_browser(PasswordHost host) : IClassFixture<PasswordHost>
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    [Fact]
    public async Task Gets_a_token_of_the_person_who_types_its_code()
    {
        using var program = host.NewClient();
        var codes = await Begin(program, "devopscd on laptop");
        (await Ask(program, codes)).ShouldBeProblem(HttpStatusCode.BadRequest).Json.GetProperty("error").GetString().ShouldBe("authorization_pending");
        using var ann = await LoggedInBrowser(await host.Account());

        await ann.Go(Page($"?code={codes.GetProperty("user_code").GetString()}"));
        await ann.Submit(("code", codes.GetProperty("user_code").GetString()!));
        ann.Page.ShouldContain("devopscd on laptop");
        await ann.Submit(("decision", "allow"));

        ann.Page.ShouldContain("The program is in");
        var token = (await Ask(program, codes)).Json;
        token.GetProperty("token_type").GetString().ShouldBe("Bearer");
        token.GetProperty("expires_in").GetInt32().ShouldBeInRange(42_000, 43_200);
        (await Get(program, "access/me", ("Authorization", $"Bearer {token.GetProperty("access_token").GetString()}"))).Json.GetProperty("subject").GetString().ShouldStartWith("token:");
    }

    [Fact]
    public async Task Gets_it_once()
    {
        using var program = host.NewClient();
        var codes = await Begin(program, "x");
        await Decide(codes, "allow");

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask(program, codes)));

        replies.Count(r => r.Status == HttpStatusCode.OK).ShouldBe(1, string.Join('\n', replies.Select(r => r.Text)));
        (await Ask(program, codes)).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        using var ann = await LoggedInBrowser(await host.Account());
        await ann.Go(Page(""));
        await ann.Submit(("code", codes.GetProperty("user_code").GetString()!));
        ann.Page.ShouldContain("No program waits with this code");
    }

    [Fact]
    public async Task Learns_that_it_was_refused()
    {
        using var program = host.NewClient();
        var codes = await Begin(program, "x");

        await Decide(codes, "deny");

        (await Ask(program, codes)).Json.GetProperty("error").GetString().ShouldBe("access_denied");
    }

    [Fact]
    public async Task Is_told_to_slow_down()
    {
        using var program = host.NewClient();
        var codes = await Begin(program, "x");

        // Of many that follow each other at once some are too quick, however slow the machine is.
        await Eventually.IsTrue(async () => (await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ask(program, codes)))).Any(r => r.Json.GetProperty("error").GetString() == "slow_down"),
            "it is told", TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Is_let_in_by_a_person_only_and_not_by_a_page_of_another_site()
    {
        using var program = host.NewClient();
        var codes = await Begin(program, "x");
        using var nobody = new Browser();
        await nobody.Go(Page($"?code={codes.GetProperty("user_code").GetString()}"));
        nobody.At.PathAndQuery.ShouldStartWith("/login?return=%2Fdevice");

        using var ann = await host.LoggedIn();
        using var request = new HttpRequestMessage(HttpMethod.Post, "device")
        {
            Content = new FormUrlEncodedContent([new("code", codes.GetProperty("user_code").GetString()!), new("decision", "allow")])
        };
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "cross-site");
        using var answer = await ann.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await Ask(program, codes)).Json.GetProperty("error").GetString().ShouldBeOneOf("authorization_pending", "slow_down");
    }

    [Fact]
    public async Task Is_not_found_by_guessing()
    {
        using var ann = await LoggedInBrowser(await host.Account());
        await ann.Go(Page(""));

        for (var guess = 0; guess < 40 && ann.Status != HttpStatusCode.TooManyRequests; guess++)
            await ann.Submit(("code", "BCDF-GHJK"));

        ann.Status.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData("a guess")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Of_others_gets_nothing(string code)
    {
        using var program = host.NewClient();

        var reply = await Send(program, HttpMethod.Post, "access/device/token", new { grant_type = Grant, device_code = code });

        reply.ShouldBeProblem(HttpStatusCode.BadRequest).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
    }

    private static async Task<JsonElement> Begin(HttpClient program, string client)
    {
        var reply = await Send(program, HttpMethod.Post, "access/device", new FormUrlEncodedContent([new("client_id", client)]));
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return reply.Json;
    }

    private static Task<Reply> Ask(HttpClient program, JsonElement codes) => Send(program, HttpMethod.Post, "access/device/token",
        new FormUrlEncodedContent([new("grant_type", Grant), new("device_code", codes.GetProperty("device_code").GetString()!)]));

    private async Task Decide(JsonElement codes, string decision)
    {
        using var ann = await LoggedInBrowser(await host.Account());
        await ann.Go(Page(""));
        await ann.Submit(("code", codes.GetProperty("user_code").GetString()!));
        await ann.Submit(("decision", decision));
    }

    private async Task<Browser> LoggedInBrowser(string name)
    {
        var browser = new Browser();
        await browser.Go(new Uri(host.Process.BaseUrl, "login?return=/login"));
        await browser.Submit(("name", name), ("password", Password));
        browser.Page.ShouldContain($"<b>{name}</b>");
        return browser;
    }

    private Uri Page(string query) => new(host.Process.BaseUrl, $"device{query}");
}
