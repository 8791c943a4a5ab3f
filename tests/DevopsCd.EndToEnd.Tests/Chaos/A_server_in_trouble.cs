using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short forms of those figures of `infra/measure/chaos/run` in which a server that the host needs is in trouble.</summary>
public sealed class A_server_in_trouble(ITestOutputHelper output)
{
    [Fact]
    public async Task That_commits_and_cannot_say_so_makes_nothing_happen_twice()
    {
        var report = await Run("commit-cut");

        report.Times.ShouldBeGreaterThan(0);
    }

    [Theory, InlineData("database-crash"), InlineData("database-takeover"), InlineData("wal-full")]
    [InlineData("broker-restart"), InlineData("broker-kill"), InlineData("consumer-timeout"), InlineData("sqlite-kill")]
    public Task That_ends_and_comes_back_loses_nothing_and_does_nothing_twice(string figure) => Run(figure);

    [Fact]
    public async Task Whose_statements_are_cancelled_loses_nothing_and_does_nothing_twice()
    {
        var report = await Run("statement-cancels");

        report.Times.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Whose_sessions_stand_still_costs_time_and_nothing_else()
    {
        var report = await Run("database-frozen");

        report.Times.ShouldBeGreaterThan(0);
    }

    [Theory, InlineData("database-full"), InlineData("sqlite-full")]
    public Task That_has_no_space_left_is_named_and_works_again_as_soon_as_it_has_some(string figure) => Run(figure);

    [Theory, InlineData("broker-memory"), InlineData("broker-disk")]
    public async Task That_takes_no_messages_keeps_nobody_but_the_messages_waiting(string figure)
    {
        var report = await Run(figure);

        report.Waiting.ShouldBeGreaterThan(0);
    }

    private async Task<ServerTroubleReport> Run(string figure)
    {
        var report = await ServerTroubleRun.RunAsync(figure, batches: 4, TimeSpan.FromSeconds(5), output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Parked.ShouldBe(0);
        return report;
    }
}
