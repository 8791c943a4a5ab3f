using DevopsCd.Testing.Chaos;

namespace DevopsCd.PagesBench;

/// <summary>First visits, each by a browser that has nothing of it in its cache, on a host that others have visited before.</summary>
internal static class VisitFigure
{
    private const int WarmUp = 3;

    public static async Task<VisitReport> RunAsync(Browser browser, LargeBatch subject, int samples, Action<string> say)
    {
        say("the first visit after the host's start");
        var first = await VisitAsync(browser, subject);
        for (var i = 1; i < WarmUp; i++)
            await VisitAsync(browser, subject);
        say($"{samples} visits");
        var visits = new List<Visit>();
        for (var i = 0; i < samples; i++)
            visits.Add(await VisitAsync(browser, subject));
        return new VisitReport
        {
            AfterStart = first,
            Bytes = visits.Max(visit => visit.Bytes),
            Paint = Latencies.Of(visits.Select(visit => visit.Paint)),
            Interactive = Latencies.Of(visits.Select(visit => visit.Interactive)),
            Live = Latencies.Of(visits.Select(visit => visit.Live))
        };
    }

    private static async Task<Visit> VisitAsync(Browser browser, LargeBatch subject)
    {
        await using var profile = await browser.ProfileAsync();
        var before = subject.Way.Received;
        var page = await Browser.OpenAsync(profile, subject.Page);
        var (interactive, live) = (await Browser.SeenAsync(page, "interactive"), await Browser.SeenAsync(page, "live"));
        var bytes = subject.Way.Received - before;
        var began = await page.EvaluateAsync<double>("performance.timeOrigin");
        var paint = await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
        return new Visit(bytes, TimeSpan.FromMilliseconds(paint), TimeSpan.FromMilliseconds(interactive.Painted - began), TimeSpan.FromMilliseconds(live.Painted - began));
    }
}
