using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>A coarse guard; the figures come from `infra/measure/chaos/run latency` on a quiet machine.</summary>
public sealed class An_idle_system(ITestOutputHelper output)
{
    [Fact]
    public async Task Reacts_to_events_and_builds_without_waiting_for_the_scan()
    {
        var report = await LatencyRun.RunAsync(samples: 20, counting: true, output.WriteLine);

        var scan = TimeSpan.FromSeconds(30);
        foreach (var series in new[] { report.HttpToCommit, report.MessageToCommit, report.HttpBuildToRelease, report.MessageBuildToRelease })
        {
            series.Count.ShouldBe(20);
            series.P50.ShouldBeLessThan(scan.TotalMilliseconds / 20);
        }

        // Lock and all that the decision asks for, save, commit; of a message its inbox row goes with the lock. On a busy machine what follows an event
        // before, or has begun before the test is told of the commit, is counted with it.
        report.HttpCost.RoundTrips.ShouldBeInRange(3, 5);
        report.MessageCost.RoundTrips.ShouldBeInRange(3, 5);
    }
}
