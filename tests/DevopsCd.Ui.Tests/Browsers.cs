using DevopsCd.Testing;
using DevopsCd.Ui.Tests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Browsers))]

namespace DevopsCd.Ui.Tests;

/// <summary>One Chromium for all tests, the distribution's own; each reader has a profile of their own in it.</summary>
public sealed class Browsers : IAsyncLifetime
{
    /// <summary>How long anything on a page may take before a test gives up: the machine may be busy with much else.</summary>
    private const int Patience = 120_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_CHROMIUM") is { Length: > 0 } program ? program : "/usr/bin/chromium",
            Args = ["--no-sandbox"],
            Timeout = Patience
        });
    }

    /// <summary>Somebody who looks at the pages of a host.</summary>
    /// <param name="address">Where the host is.</param>
    /// <param name="locale">The browser's language.</param>
    /// <param name="isDark">The system's colours are dark.</param>
    public async Task<Reader> Open(Uri address, string locale = "en-US", bool isDark = false)
    {
        var context = await _browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            Locale = locale,
            TimezoneId = "Asia/Shanghai",
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = 1280, Height = 800 }
        });
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        return new Reader(await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>Where pictures of pages go.</summary>
    public static string PictureOf(string name) => Repository.PathTo("artifacts", "pages", $"{name}.png");
}
