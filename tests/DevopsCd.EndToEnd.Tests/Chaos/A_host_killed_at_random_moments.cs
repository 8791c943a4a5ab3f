using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short form of `infra/measure/chaos/run kills`. The seed is in the output; the long runs take it as `--seed`.</summary>
public sealed class A_host_killed_at_random_moments(ITestOutputHelper output)
{
    [Fact]
    public async Task Carries_every_batch_to_its_end()
    {
        var plan = new KillPlan { Batches = 6, Kills = 3, AtOnce = 3, Patience = TimeSpan.FromMinutes(4) };

        var report = await KillRun.RunAsync(plan, output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Accepted.ShouldBe(plan.Batches);
        report.Kills.ShouldBe(plan.Kills);
        report.Operations.ShouldBeGreaterThan(plan.Batches * plan.AppsPerBatch);
    }

    [Fact]
    public async Task Is_covered_by_another_host_on_the_same_broker_and_database()
    {
        var plan = new KillPlan { Batches = 4, Kills = 2, AtOnce = 4, Hosts = 2, Patience = TimeSpan.FromMinutes(4) };

        var report = await KillRun.RunAsync(plan, output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Accepted.ShouldBe(plan.Batches);
        report.Kills.ShouldBe(plan.Kills);
    }
}
