using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>Approvals by click, each taken back over the API.</summary>
internal static class ClickFigure
{
    private const int WarmUp = 3;

    private const string Click = """
        () => {
          const button = document.querySelector('[data-event=approve]:not([disabled])');
          window.seen = {};
          const at = performance.timeOrigin + performance.now();
          button.click();
          return at;
        }
        """;

    public static async Task<ClickReport> RunAsync(Browser browser, LargeBatch subject, int samples, Action<string> say)
    {
        await using var profile = await browser.ProfileAsync();
        var page = await Browser.OpenAsync(profile, subject.Page);
        var measured = new List<TimeSpan>();
        say($"{samples} clicks");
        for (var i = 0; i < samples + WarmUp; i++)
        {
            await page.Locator("[data-event=approve]:not([disabled])").WaitForAsync();
            var at = await page.EvaluateAsync<double>(Click);
            var seen = await Browser.SeenAsync(page, "state Approved");
            if (i >= WarmUp)
                measured.Add(TimeSpan.FromMilliseconds(seen.Painted - at));
            (await subject.Api.Raise(subject.Id, "revoke_approval", "measured")).Expect();
        }
        return new ClickReport(Latencies.Of(measured));
    }
}
