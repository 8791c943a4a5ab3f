using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>A coarse guard; the figures come from `infra/measure/chaos/run latency` on a quiet machine.</summary>
public sealed class An_idle_system(ITestOutputHelper output)
{
    [Fact]
    public async Task Reacts_to_events_and_builds_without_waiting_for_the_scan()
    {
        var report = await LatencyRun.RunAsync(samples: 20, output.WriteLine);

        var scan = TimeSpan.FromSeconds(30);
        foreach (var series in new[] { report.HttpToCommit, report.MessageToCommit, report.HttpBuildToRelease, report.MessageBuildToRelease })
        {
            series.Count.ShouldBe(20);
            series.P50.ShouldBeLessThan(scan.TotalMilliseconds / 20);
        }
    }
}
