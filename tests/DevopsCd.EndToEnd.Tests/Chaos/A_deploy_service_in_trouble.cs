using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short forms of `infra/measure/chaos/run silent-body`, `refused-look` and `lost-answers`.</summary>
public sealed class A_deploy_service_in_trouble(ITestOutputHelper output)
{
    [Fact]
    public async Task That_never_sends_a_body_holds_up_no_other_cluster()
    {
        var report = await Run("silent-body", batches: 8);

        report.Violations.ShouldBeEmpty();
        // The trouble lasts until the others are done.
        report.OthersMovedAfterSeconds.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Whose_looks_are_refused_is_submitted_to_once_and_stopped_never()
    {
        var report = await Run("refused-look", batches: 3);

        report.Violations.ShouldBeEmpty();
        (report.Retries, report.Stops).ShouldBe((0, 0));
        report.Submits.ShouldBe(report.Operations);
    }

    [Fact]
    public async Task Whose_answers_are_lost_never_runs_two_attempts_of_a_workload_at_once()
    {
        var report = await Run("lost-answers", batches: 3);

        report.Violations.ShouldBeEmpty();
        // Repeated, and found. Whether tries are used up before the circuit opens, so that a person tries again, depends on who is quicker.
        report.Submits.ShouldBeGreaterThan(report.Operations);
    }

    private Task<DeployTroubleReport> Run(string figure, int batches) => DeployTroubleRun.RunAsync(figure, batches, TimeSpan.FromSeconds(25), output.WriteLine);
}
