using System.Diagnostics;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Playwright;

namespace DevopsCd.PagesBench;

/// <summary>One page that stays open while one batch after another deploys, and goes over to the next one by a link.</summary>
internal static class SoakFigure
{
    private static readonly TimeSpan s_between = TimeSpan.FromMinutes(1);

    public static async Task<SoakReport> RunAsync(Browser browser, LargeBatch subject, TimeSpan length, Action<string> say)
    {
        await using var profile = await browser.ProfileAsync();
        var page = await Browser.OpenAsync(profile, subject.Page);
        var tools = await profile.NewCDPSessionAsync(page);
        await tools.SendAsync("Performance.enable");
        var (started, samples, batches) = (Stopwatch.GetTimestamp(), new List<SoakSample>(), 1);
        var next = TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(started) < length)
        {
            var state = (await subject.Api.Batch(subject.Id)).Expect().State;
            if (Decisions.In(state) is { } decision)
            {
                // The plan of production comes a moment after pre-production; until then the event is refused.
                await subject.Api.Raise(subject.Id, decision);
            }
            else if (state == 40)
            {
                await subject.NextAsync();
                batches++;
                await page.Locator(".bar a[href='/batches']").ClickAsync();
                await page.Locator($"tbody a[href='/batches/{subject.Id}']").ClickAsync();
                await page.Locator("#app-service-000").WaitForAsync();
            }
            if (Stopwatch.GetElapsedTime(started) >= next)
            {
                next += s_between;
                samples.Add(await SampleAsync(subject, tools, Stopwatch.GetElapsedTime(started)));
                say($"{samples[^1]}");
            }
            await Pause.For(TimeSpan.FromSeconds(1));
        }
        return new SoakReport(batches, samples);
    }

    private static async Task<SoakSample> SampleAsync(LargeBatch subject, ICDPSession tools, TimeSpan at)
    {
        await tools.SendAsync("HeapProfiler.collectGarbage");
        var metrics = (await tools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
        return new SoakSample((int)at.TotalMinutes, subject.Host.ResidentBytes / 1_048_576, (long)metrics["JSHeapUsedSize"] / 1_048_576, (long)metrics["Nodes"]);
    }
}
