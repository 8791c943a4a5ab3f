using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Playwright;

namespace DevopsCd.Ui.Tests;

/// <summary>A passkey of an authenticator that Chromium plays, with a host where people log in with passwords.</summary>
public sealed partial class A_passkey(Browsers browsers)
{
    private const string Password = "a long way to Tipperary";

    [Fact]
    public async Task Logs_its_owner_in_once_for_each_time_it_is_asked_until_it_is_removed()
    {
        await using var host = await HostProcess.StartNewAsync("passkeys", HostSettings.Embedded().With("core__auth__mode", "password"));
        await Eventually.IsTrue(() => Link().IsMatch(host.LogTail), "the link is logged");
        // Passkeys belong to names, and an address is none.
        await using var root = await browsers.Open(new Uri($"http://localhost:{host.BaseUrl.Port}"));
        var page = root.Page;
        var browser = await page.Context.NewCDPSessionAsync(page);
        await browser.SendAsync("WebAuthn.enable");
        await browser.SendAsync("WebAuthn.addVirtualAuthenticator", new Dictionary<string, object>
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = true,
                ["automaticPresenceSimulation"] = true
            }
        });
        await page.GotoAsync($"/setup?token={Link().Match(host.LogTail).Groups["token"].Value}");
        await page.Locator("input[name=name]").FillAsync("root");
        await page.Locator("input[name=again]").FillAsync(Password);
        await page.Locator("input[name=password]").FillAsync(Password);
        await page.Locator("form[action='/setup'] button").ClickAsync();
        await UntilAt(page, "/");

        await page.GotoAsync("/account/passkeys");
        await Add(page, "not the password");
        await Expect(page.Locator("[role=alert]").First).ToContainTextAsync("The password is wrong");
        await Expect(page.Locator("li")).ToHaveCountAsync(0);
        await Add(page, Password);
        await Expect(page.Locator("li")).ToContainTextAsync("my laptop");

        await LogOut(page);
        var sent = page.WaitForRequestAsync(request => new Uri(request.Url).AbsolutePath == "/login/passkey");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in with a passkey" }).ClickAsync();
        await UntilAt(page, "/");
        await Expect(page.Locator(".who")).ToHaveTextAsync("root");
        host.LogTail.ShouldContain("login user:root by user:root from 127.0.0.1 passkey");

        // The same answer again is worth nothing, also at an instance that has not seen it.
        await host.RestartAsync();
        (await page.EvaluateAsync<int>("""
            async body => (await fetch('/login/passkey', { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body, redirect: 'manual' })).status
            """, (await sent).PostData)).ShouldBe(401);

        // The open page comes back by itself, and would break off another navigation.
        await page.Locator("[data-live=Live]").WaitForAsync();
        await page.GotoAsync("/account/passkeys");
        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(page.Locator("li")).ToHaveCountAsync(0);
        await LogOut(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in with a passkey" }).ClickAsync();
        await Expect(page.Locator("[role=alert]").First).ToContainTextAsync("The passkey is not valid here");
    }

    private static async Task Add(IPage page, string password)
    {
        await page.Locator("input[name=name]").FillAsync("my laptop");
        await page.Locator("input[name=password]").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Add a passkey" }).ClickAsync();
    }

    private static async Task LogOut(IPage page)
    {
        await page.GotoAsync("/login");
        await page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Expect(page.Locator("form[action='/login']")).ToBeVisibleAsync();
    }

    private static Task UntilAt(IPage page, string path) => page.WaitForURLAsync(address => new Uri(address).AbsolutePath == path);

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();
}
