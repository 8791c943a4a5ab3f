using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Core.Observability;
using DevopsCd.Testing;

namespace DevopsCd.EndToEnd.Tests.Observability;

/// <summary>A release on the real things, with a real Prometheus beside it.</summary>
public sealed partial class A_host_that_is_watched
{
    /// <summary>Nothing breaks in this release, and nobody logs in; that is counted as 0.</summary>
    private static readonly string[] s_still = ["devopscd.batch.faults", "devopscd.logins"];

    [Fact]
    public async Task Moves_every_instrument_and_fills_every_panel()
    {
        await using var house = await StoryHouse.Open();
        await using var prometheus = await PrometheusServer.StartAsync(house.Host.BaseUrl);
        await house.Applications("catalogue", "checkout");
        (await house.Api.Send(HttpMethod.Put, "projects/default", new { gates = new[] { new { name = "ops", at = "before_seal", kind = "manual" } } })).Expect();
        var created = await house.Batch("catalogue", "checkout");
        var id = created.GetProperty("id").GetInt64();
        (await house.Api.Raise(id, "final_accept")).Status.ShouldBe(System.Net.HttpStatusCode.Conflict);
        await house.Raise(id, "approve");
        var gate = (await house.Api.Send(HttpMethod.Get, $"batches/{id}/gates")).Expect().Body.GetProperty("items")[0].GetProperty("id").GetInt64();
        (await house.Api.Send(HttpMethod.Post, $"gates/{gate}/result", new { result = "passed" })).Expect();
        await house.Raise(id, "confirm_tag");
        await house.Until(id, 22);

        foreach (var (panel, expression) in Panels())
            await Eventually.Sees(() => prometheus.AskAsync(expression.Replace("$__rate_interval", "30s", StringComparison.Ordinal)),
                samples => samples is { Count: > 0 }, $"the panel '{panel}' shows something: {expression}", TimeSpan.FromSeconds(90));
        await Eventually.Sees(() => prometheus.AskAsync("""max(devopscd_batch_count{status="PreDeployed"})"""), samples => samples is [1],
            "the batch is counted in its state", TimeSpan.FromSeconds(90));

        var lines = (await house.Host.Http.GetStringAsync("/metrics")).Split('\n').Where(line => line.StartsWith("devopscd_", StringComparison.Ordinal)).ToList();
        foreach (var instrument in Declared())
        {
            var own = lines.Where(line => line.StartsWith(instrument.Name.Replace('.', '_'), StringComparison.Ordinal)).ToList();
            own.ShouldNotBeEmpty(instrument.Name);
            if (!instrument.IsObservable && !s_still.Contains(instrument.Name))
                own.ShouldContain(line => !line.EndsWith(" 0", StringComparison.Ordinal), instrument.Name);
        }
        // Labels are few and known: what a release brings with it would fill Prometheus' memory.
        string[] unbounded = ["catalogue", "checkout", created.GetProperty("batchNumber").GetString()!, created.GetProperty("batchId").GetString()!];
        lines.SelectMany(line => Label().Matches(line)).Select(match => match.Groups[1].Value).Intersect(unbounded).ShouldBeEmpty();
    }

    private static IEnumerable<(string Panel, string Expression)> Panels()
    {
        var file = Directory.GetFiles(Repository.PathTo("infra", "observability", "dashboards"), "*.json").ShouldHaveSingleItem();
        using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().Select(panel => panel.Clone()).ToList();
        panels.Select(panel => panel.GetProperty("id").GetInt32()).ShouldBeUnique();
        panels.ShouldAllBe(panel => panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString() != "");
        return panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()
            .Select(target => (panel.GetProperty("title").GetString()!, target.GetProperty("expr").GetString()!)));
    }

    private static List<Instrument> Declared()
    {
        var declared = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == Metrics.MeterName)
                    declared.Add(instrument);
            }
        };
        RuntimeHelpers.RunClassConstructor(typeof(Metrics).TypeHandle);
        listener.Start();
        return declared;
    }

    [GeneratedRegex("=\"([^\"]*)\"")]
    private static partial Regex Label();
}
