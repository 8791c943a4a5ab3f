using System.Diagnostics;
using DevopsCd.Testing;
using DevopsCd.Testing.Chaos;
using Microsoft.Playwright;

namespace DevopsCd.PagesBench;

/// <summary>Many open pages of one batch. The browser that shows them has the same processors as the host, and hundred pages to paint.</summary>
internal static class HundredFigure
{
    private const int WarmUp = 3, OpenedAtOnce = 4;
    private static readonly TimeSpan s_between = TimeSpan.FromSeconds(1);

    public static async Task<HundredReport> RunAsync(Browser browser, LargeBatch subject, int pages, int samples, Action<string> say)
    {
        await using var profile = await browser.ProfileAsync();
        // What the first page costs is the program's, not the page's.
        var opened = new List<IPage> { await Browser.OpenAsync(profile, subject.Page) };
        var before = subject.Host.ResidentBytes;
        say($"opening {pages} pages");
        while (opened.Count < pages)
            opened.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(OpenedAtOnce, pages - opened.Count)).Select(_ => Browser.OpenAsync(profile, subject.Page))));
        var after = subject.Host.ResidentBytes;
        await using var watch = await CommitWatch.OnAsync(subject.Database);
        var (changed, painted) = (new List<TimeSpan>(), new List<TimeSpan>());
        say($"{samples} changes");
        for (var i = 0; i < samples + WarmUp; i++)
        {
            await Pause.For(s_between);
            var (committed, sights) = await ChangeAsync(subject, watch, opened);
            if (i < WarmUp)
                continue;
            changed.AddRange(sights.Select(sight => TimeSpan.FromMilliseconds(sight.Changed - committed)));
            painted.AddRange(sights.Select(sight => TimeSpan.FromMilliseconds(sight.Painted - committed)));
        }
        return new HundredReport
        {
            Pages = pages,
            Changed = Latencies.Of(changed),
            Painted = Latencies.Of(painted),
            MegabytesMore = Megabytes(after - before),
            MegabytesMoreAfterChanges = Megabytes(subject.Host.ResidentBytes - before)
        };
    }

    private static async Task<(double Committed, Sight[] Sights)> ChangeAsync(LargeBatch subject, CommitWatch watch, List<IPage> pages)
    {
        var build = await subject.BuildAsync();
        var (name, tag) = LargeBatch.ImageOf(build);
        var committed = await watch.Release(name, tag);
        var sinceThen = Stopwatch.GetElapsedTime(committed);
        var at = (TimeProvider.System.GetUtcNow() - sinceThen - DateTimeOffset.UnixEpoch).TotalMilliseconds;
        return (at, await Task.WhenAll(pages.Select(page => Browser.SeenAsync(page, $"build {build}"))));
    }

    private static double Megabytes(long bytes) => Math.Round(bytes / 1_048_576d, 1);
}
