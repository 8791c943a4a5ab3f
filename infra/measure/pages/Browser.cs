using Microsoft.Playwright;

namespace DevopsCd.PagesBench;

/// <summary>Chromium, whose pages note when something is seen on them for the first time.</summary>
internal sealed class Browser(IPlaywright playwright, IBrowser chromium) : IAsyncDisposable
{
    private const int Patience = 120_000;

    /// <summary>
    /// For each fact, in milliseconds since 1970: when the document had it, and when the frame with it had been painted. A page need not be asked while
    /// something is measured.
    /// </summary>
    private const string Notes = """
        window.seen = {};
        const now = () => performance.timeOrigin + performance.now();
        const note = fact => {
          if (window.seen[fact]) return;
          const entry = window.seen[fact] = { changed: now() };
          requestAnimationFrame(() => setTimeout(() => { entry.painted = now(); }));
        };
        const look = () => {
          if (document.querySelector('[data-live=Live]')) note('live');
          if (document.querySelector('[data-event]:not([disabled])')) note('interactive');
          const state = document.querySelector('.head [data-state]')?.dataset.state;
          if (state) note(`state ${state}`);
          const build = document.getElementById('app-service-000')?.cells[1]?.textContent.trim().split(' ')[0];
          if (build) note(`build ${build}`);
        };
        new MutationObserver(look).observe(document,
          { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['data-live', 'data-state', 'disabled'] });
        """;

    public static async Task<Browser> LaunchAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_CHROMIUM") is { Length: > 0 } program ? program : "/usr/bin/chromium",
            Args = ["--no-sandbox"]
        }));
    }

    /// <summary>A profile of its own: nothing is cached in it yet.</summary>
    public async Task<IBrowserContext> ProfileAsync()
    {
        var profile = await chromium.NewContextAsync(new() { Locale = "en-US", TimezoneId = "Asia/Shanghai", ViewportSize = new() { Width = 1280, Height = 800 } });
        profile.SetDefaultTimeout(Patience);
        profile.SetDefaultNavigationTimeout(Patience);
        await profile.AddInitScriptAsync(Notes);
        return profile;
    }

    /// <summary>Opens a page and waits until it has noted a fact.</summary>
    public static async Task<IPage> OpenAsync(IBrowserContext profile, Uri address)
    {
        var page = await profile.NewPageAsync();
        await page.GotoAsync(address.ToString(), new() { WaitUntil = WaitUntilState.Commit });
        await SeenAsync(page, "live");
        return page;
    }

    /// <summary>When the fact was seen first on a page; waits for it.</summary>
    public static async Task<Sight> SeenAsync(IPage page, string fact)
    {
        var seen = await page.WaitForFunctionAsync("fact => window.seen?.[fact]?.painted && window.seen[fact]", fact,
            // Rarely: whoever asks must not keep busy what is measured.
            new() { PollingInterval = 200 });
        return await seen.JsonValueAsync<Sight>();
    }

    public async ValueTask DisposeAsync()
    {
        await chromium.DisposeAsync();
        playwright.Dispose();
    }
}
