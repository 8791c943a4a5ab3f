using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>Approvals by click, each taken back over the API. Where the machine is busy, what the host works and sends says more than the time.</summary>
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
        var (measured, worked, bytes) = (new List<TimeSpan>(), new List<TimeSpan>(), new List<long>());
        say($"{samples} clicks");
        for (var i = 0; i < samples + WarmUp; i++)
        {
            await page.Locator("[data-event=approve]:not([disabled])").WaitForAsync();
            var (workedBefore, receivedBefore) = (subject.Host.ProcessorTime, subject.Way.Received);
            var at = await page.EvaluateAsync<double>(Click);
            var seen = await Browser.SeenAsync(page, "state Approved");
            if (i >= WarmUp)
            {
                measured.Add(TimeSpan.FromMilliseconds(seen.Painted - at));
                worked.Add(subject.Host.ProcessorTime - workedBefore);
                bytes.Add(subject.Way.Received - receivedBefore);
            }
            (await subject.Api.Raise(subject.Id, "revoke_approval", "measured")).Expect();
        }
        return new ClickReport(Latencies.Of(measured), Latencies.Of(worked), (long)bytes.Average());
    }
}
