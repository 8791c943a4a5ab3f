using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short form of `infra/measure/chaos/run stalled-broker`.</summary>
public sealed class A_stalled_broker_connection(ITestOutputHelper output)
{
    [Fact]
    public async Task Is_told_and_replaced_and_parks_nothing()
    {
        var report = await StalledBrokerRun.RunAsync(batches: 3, TimeSpan.FromSeconds(30), output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.ParkedInOutbox.ShouldBe(0);
        report.ParkedInQueues.ShouldBe(0);
        report.DegradedAfterSeconds.ShouldBeLessThan(20);
        report.SlowestCommandSeconds.ShouldBeLessThan(5);
        // 30 s of them the broker could not have answered anybody.
        report.AllMovedAfterSeconds.ShouldBeLessThan(60);
    }
}
