using Microsoft.Playwright;

namespace DevopsCd.Chaos;

/// <summary>Pages of the service in a real browser, which stay open and live.</summary>
internal sealed class OpenPages(IPlaywright playwright, IBrowser chromium) : IAsyncDisposable
{
    private const int Patience = 120_000;

    /// <summary>Those that change most while batches go on.</summary>
    private static readonly string[] s_paths = ["batches", "running", "builds", "delivery"];

    /// <summary>Opens so many pages, and waits until each is live.</summary>
    public static async Task<OpenPages> OfAsync(Uri service, int count)
    {
        var playwright = await Playwright.CreateAsync();
        var opened = new OpenPages(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_CHROMIUM") is { Length: > 0 } program ? program : "/usr/bin/chromium",
            Args = ["--no-sandbox"]
        }));
        var profile = await opened.Chromium.NewContextAsync();
        profile.SetDefaultTimeout(Patience);
        profile.SetDefaultNavigationTimeout(Patience);
        for (var i = 0; i < count; i++)
        {
            var page = await profile.NewPageAsync();
            await page.GotoAsync(new Uri(service, s_paths[i % s_paths.Length]).ToString(), new() { WaitUntil = WaitUntilState.Commit });
            await page.Locator("[data-live=Live]").WaitForAsync();
        }
        return opened;
    }

    private IBrowser Chromium => chromium;

    public async ValueTask DisposeAsync()
    {
        await chromium.DisposeAsync();
        playwright.Dispose();
    }
}
