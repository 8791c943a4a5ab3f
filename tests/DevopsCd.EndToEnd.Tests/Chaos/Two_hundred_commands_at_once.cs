using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short form of `infra/measure/chaos/run connections`: two hosts, a hundred connections.</summary>
public sealed class Two_hundred_commands_at_once(ITestOutputHelper output)
{
    [Fact]
    public async Task Are_told_what_became_of_them_with_the_connections_PostgreSQL_has_by_default()
    {
        var report = await ConnectionsRun.RunAsync(commands: 200, ownServer: false, output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Accepted.ShouldBe(1);
        (report.Accepted + report.Refused + report.NotAdmitted + report.NoResult).ShouldBe(200);
        report.MostConnections.ShouldBeLessThanOrEqualTo(90);
    }
}
