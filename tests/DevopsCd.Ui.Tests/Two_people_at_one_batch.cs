using System.Net;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>A host where people log in: an administrator, and somebody who may not approve.</summary>
public sealed partial class Two_people_at_one_batch(Browsers browsers)
{
    private const string Password = "a long way to Tipperary";

    [Fact]
    public async Task See_each_others_decisions_and_what_they_may_not_do()
    {
        await using var host = await HostProcess.StartNewAsync("people", HostSettings.Embedded().With("core__storage__sample_catalogue", "true")
            .With("core__auth__mode", "password").With("core__auth__bindings__0__subject", "user:vera").With("core__auth__bindings__0__role", "developer")
            .With("core__auth__bindings__0__project", "*"));
        await using var root = await browsers.Open(host.BaseUrl);
        await using var vera = await browsers.Open(host.BaseUrl);
        await SetUp(host, root);
        await Invite(root, vera, "vera");

        // Who is not logged in is led to the login, and back to where they wanted to go.
        await vera.Page.GotoAsync("/batches/new");
        new Uri(vera.Page.Url).PathAndQuery.ShouldBe($"/login?return={Uri.EscapeDataString("/batches/new")}");
        await LogIn(vera, "vera");
        await vera.CreateBatch("For two", "user-service");
        var batch = new Uri(vera.Page.Url).PathAndQuery;
        await root.Go(batch);
        await vera.UntilLive();
        await Expect(vera.Page.Locator("[data-event=approve]")).ToBeDisabledAsync();
        await Expect(vera.Page.Locator("[data-why=approve]")).ToContainTextAsync("user:vera may not approve batches");
        await vera.Picture("batch-developer");
        (await vera.Page.GotoAsync("/batches/999"))!.Status.ShouldBe((int)HttpStatusCode.NotFound);
        (await vera.Page.GotoAsync("/parked"))!.Status.ShouldBe((int)HttpStatusCode.Forbidden);
        await Expect(vera.Page.Locator("[role=alert].trouble")).ToContainTextAsync("user:vera may not decide about parked messages");
        await MakeAndRevokeAToken(vera, host);
        await vera.Go(batch);

        await root.Raise("approve");

        await vera.UntilState("Approved");
        // Her session ends elsewhere: the next thing her open page does leads to the login.
        (await root.Page.EvaluateAsync<int>("async () => (await fetch('/api/v1/access/accounts/vera', { method: 'DELETE' })).status")).ShouldBe(204);
        await root.Raise("confirm_tag");
        await Expect(vera.Page.Locator("input[name=password]")).ToBeVisibleAsync();
        new Uri(vera.Page.Url).AbsolutePath.ShouldBe("/login");
        root.Complaints.ShouldBeEmpty();
    }

    /// <summary>As a page of the host, with its reader's session, asks for an account.</summary>
    private const string NewAccount = """
        async name => (await (await fetch('/api/v1/access/accounts',
            { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name }) })).json()).path
        """;

    /// <summary>A token is shown once, has the rights of its maker, and is refused as soon as it is revoked.</summary>
    private static async Task MakeAndRevokeAToken(Reader vera, HostProcess host)
    {
        await vera.Go("/access/tokens");
        await vera.Page.Locator("input[name=name]").FillAsync("for a script");
        await vera.Page.Locator("[data-act=create]").ClickAsync();
        var token = await vera.Page.Locator("[data-token]").TextContentAsync();
        (await Ask()).ShouldBe(HttpStatusCode.OK);
        await vera.Page.Locator("[data-revoke='for a script']").ClickAsync();
        await Expect(vera.Page.Locator("tbody .mark.bad")).ToBeVisibleAsync();
        (await Ask()).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> Ask()
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/batches");
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await host.Http.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private static async Task SetUp(HostProcess host, Reader root)
    {
        await Eventually.IsTrue(() => Link().IsMatch(host.LogTail), "the link is logged");
        await root.Page.GotoAsync($"/setup?token={Link().Match(host.LogTail).Groups["token"].Value}");
        await root.Page.Locator("input[name=name]").FillAsync("root");
        await SetPassword(root);
    }

    private static async Task Invite(Reader root, Reader invited, string name)
    {
        await invited.Page.GotoAsync(await root.Page.EvaluateAsync<string>(NewAccount, name));
        await SetPassword(invited);
        await invited.Page.Locator("form[action='/logout'] button").ClickAsync();
        await Expect(invited.Page.Locator("form[action='/login']")).ToBeVisibleAsync();
    }

    private static async Task SetPassword(Reader reader)
    {
        await reader.Page.Locator("input[name=password]").FillAsync(Password);
        await reader.Page.Locator("input[name=again]").FillAsync(Password);
        await reader.Page.Locator("form[action='/setup'] button").ClickAsync();
        await UntilGone(reader, "/setup");
    }

    private static async Task LogIn(Reader reader, string name)
    {
        await reader.Page.Locator("input[name=name]").FillAsync(name);
        await reader.Page.Locator("input[name=password]").FillAsync(Password);
        await reader.Page.Locator("form[action='/login'] button").ClickAsync();
        await UntilGone(reader, "/login");
    }

    /// <summary>What follows must not come before the answer to a form.</summary>
    private static Task UntilGone(Reader reader, string from) =>
        reader.Page.WaitForURLAsync(address => new Uri(address).AbsolutePath != from);

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();
}
