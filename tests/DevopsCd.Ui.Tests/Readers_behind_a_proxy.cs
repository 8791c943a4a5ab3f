using System.Text.RegularExpressions;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>A host in mode <c>proxy</c>: nobody logs in at it, and the pages are open to whom the proxy names.</summary>
public sealed class Readers_behind_a_proxy(Browsers browsers)
{
    [Fact]
    public async Task Are_who_it_says_for_as_long_as_their_account_is_there()
    {
        await using var host = await HostProcess.StartNewAsync("proxied-pages", HostSettings.Embedded().With("core__storage__sample_catalogue", "true")
            .With("core__auth__mode", "proxy").With("core__auth__trusted_proxies__0", "127.0.0.1/32")
            .With("core__auth__bindings__0__subject", "group:ops").With("core__auth__bindings__0__role", "admin").With("core__auth__bindings__0__project", "*"));
        await using var annsProxy = new LoginProxy(host.BaseUrl, "ann", "staff, ops");
        await using var deesProxy = new LoginProxy(host.BaseUrl, "dee", "ops");
        await using var ann = await browsers.Open(annsProxy.Address);
        await using var dee = await browsers.Open(deesProxy.Address);

        await ann.CreateBatch("Behind a proxy", "user-service");
        await Expect(ann.Page.Locator(".who")).ToHaveTextAsync("ann");
        await Expect(ann.Page.Locator("form[action='/logout']")).ToHaveCountAsync(0);
        await ann.UntilLive();
        await dee.Go(new Uri(ann.Page.Url).PathAndQuery);
        await dee.Raise("approve");
        await ann.UntilState("Approved");

        // Her account is removed elsewhere: the next thing her open page does leads to the login, and the proxy's word makes a new one.
        (await dee.Page.EvaluateAsync<int>("async () => (await fetch('/api/v1/access/accounts/ann', { method: 'DELETE' })).status")).ShouldBe(204);
        await dee.Raise("confirm_tag");
        // Looked at until it is so: waiting for the navigation itself fails where one takes the place of another.
        await Expect(ann.Page).ToHaveURLAsync(new Regex("^https?://[^/]+/login([?]|$)"));
        await Expect(ann.Page.Locator("main, body").First).ToContainTextAsync("has logged you in as ann");
        await ann.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Go on" }).ClickAsync();
        await ann.UntilLive();
        await Expect(ann.Page.Locator(".who")).ToHaveTextAsync("ann");
        ann.Complaints.ShouldBeEmpty();
    }
}
