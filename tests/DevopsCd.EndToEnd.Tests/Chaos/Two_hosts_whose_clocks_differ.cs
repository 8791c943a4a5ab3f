using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short form of `infra/measure/chaos/run clocks`.</summary>
public sealed class Two_hosts_whose_clocks_differ(ITestOutputHelper output)
{
    [Theory, InlineData(120), InlineData(-120)]
    public async Task Work_as_if_they_did_not_and_say_so(int seconds)
    {
        var report = await ClocksRun.RunAsync(batches: 4, TimeSpan.FromSeconds(seconds), output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Told.ShouldContain("degraded");
        report.Told.ShouldContain($"{seconds} s ahead of the database");
        // Each would wait for the other's clock otherwise, up to the difference.
        report.SlowestSeconds.ShouldBeLessThan(60);
    }
}
