using System.Globalization;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Ui.Tests;

/// <summary>The largest batch that pages are made for. Sizes are held here; times are written down, since they say as much about the machine.</summary>
public sealed class A_batch_of_five_hundred(Browsers browsers)
{
    private const int Applications = 500, MostBytes = 250_000;

    /// <summary>Notes when things first appear, in milliseconds since the page was asked for.</summary>
    private const string Stopwatch = """
        window.seen = {};
        const look = () => {
          if (!window.seen.live && document.querySelector('[data-live=Live]')) window.seen.live = performance.now();
          const state = document.querySelector('.head [data-state]')?.dataset.state;
          if (state && !window.seen[state]) window.seen[state] = performance.now();
        };
        new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-live', 'data-state'] });
        """;

    [Fact]
    public async Task Comes_with_few_bytes_and_is_changed_row_by_row()
    {
        await using var host = await HostProcess.StartNewAsync("large", HostSettings.Embedded());
        var batch = await Create(host);
        await using var relay = TcpRelay.To("127.0.0.1", host.BaseUrl.Port);
        var figures = new List<string>();
        // Once for the code that has never run, then as every reader after the first finds it.
        foreach (var visit in (string[])["first reader", "second reader", "third reader"])
        {
            var before = relay.Received;
            await using var reader = await browsers.Open(new Uri($"http://127.0.0.1:{relay.Port}/"));
            await reader.Page.AddInitScriptAsync(Stopwatch);
            await reader.Go($"/batches/{batch}");
            await Expect(reader.Page.Locator("tbody tr")).ToHaveCountAsync(Applications);
            var bytes = relay.Received - before;
            var paint = await reader.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            var live = await reader.Page.EvaluateAsync<double>("seen.live");
            figures.Add(string.Create(CultureInfo.InvariantCulture, $"{visit}: {bytes} bytes, painted after {paint:0} ms, live after {live:0} ms"));
            if (visit == "third reader")
                figures.Add(await Clicked(reader, "approve", "Approved"));
            reader.Complaints.ShouldBeEmpty();
            bytes.ShouldBeLessThan(MostBytes, string.Join(Environment.NewLine, figures));
        }
        var file = new FileInfo(Path.ChangeExtension(Browsers.PictureOf("figures"), "txt"));
        file.Directory!.Create();
        await File.WriteAllLinesAsync(file.FullName, figures);
        foreach (var figure in figures)
            TestContext.Current.TestOutputHelper?.WriteLine(figure);
    }

    private static async Task<string> Clicked(Reader reader, string batchEvent, string state)
    {
        await Expect(reader.Page.Locator($"[data-event={batchEvent}]")).ToBeEnabledAsync();
        var click = await reader.Page.EvaluateAsync<double>(
            $"() => {{ const at = performance.now(); document.querySelector('[data-event={batchEvent}]').click(); return at; }}");
        await reader.UntilState(state);
        var shown = await reader.Page.EvaluateAsync<double>($"seen.{state}");
        return string.Create(CultureInfo.InvariantCulture, $"{batchEvent}: {state} is on the screen {shown - click:0} ms after the click");
    }

    private static async Task<long> Create(HostProcess host)
    {
        var api = CdApi.Patient(host.Http);
        await Parallel.ForEachAsync(Enumerable.Range(0, Applications), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            var name = $"service-{number:000}";
            (await api.AddApplication(name)).Expect();
            (await api.AddBuild(name, number + 1)).Expect();
        });
        return (await api.CreateBatch("Five hundred", null, Enumerable.Range(0, Applications).Select(number => (object)new
        {
            application = $"service-{number:000}",
            dependsOn = number < 20 ? [] : (string[])[$"service-{number % 20:000}"]
        }))).Expect().Id;
    }
}
