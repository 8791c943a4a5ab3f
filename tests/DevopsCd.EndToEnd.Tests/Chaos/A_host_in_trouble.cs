using DevopsCd.Testing.Chaos;

namespace DevopsCd.EndToEnd.Tests.Chaos;

/// <summary>The short forms of `infra/measure/chaos/run machine-lost`, `frozen` and `held-row`.</summary>
public sealed class A_host_in_trouble(ITestOutputHelper output)
{
    [Fact]
    public Task Is_covered_by_another_one_when_its_machine_is_lost() =>
        CarriesAll(new KillPlan { Trouble = Trouble.MachineLost, Hosts = 2, Batches = 6, AtOnce = 6, Kills = 1, Patience = TimeSpan.FromMinutes(4) });

    [Fact]
    public Task Is_covered_by_another_one_while_it_is_frozen_and_acts_on_nothing_stale_when_it_wakes_up() =>
        CarriesAll(new KillPlan { Trouble = Trouble.Frozen, Hosts = 2, Batches = 6, AtOnce = 6, Kills = 1, Patience = TimeSpan.FromMinutes(4) });

    [Fact]
    public Task Goes_on_with_all_other_batches_while_somebody_holds_the_row_of_one() =>
        CarriesAll(new KillPlan
        {
            Trouble = Trouble.HeldRow,
            Batches = 8,
            AtOnce = 8,
            Kills = 1,
            Lasts = TimeSpan.FromSeconds(25),
            Patience = TimeSpan.FromMinutes(4)
        });

    private async Task CarriesAll(KillPlan plan)
    {
        var report = await KillRun.RunAsync(plan, output.WriteLine);

        report.Violations.ShouldBeEmpty();
        report.Accepted.ShouldBe(plan.Batches);
        report.Kills.ShouldBe(plan.Kills);
    }
}
