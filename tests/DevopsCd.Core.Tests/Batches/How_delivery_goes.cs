using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches.Delivery;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>DORA's five measures, from the engine's own records.</summary>
public sealed class How_delivery_goes
{
    [Fact]
    public async Task Is_reckoned_from_what_reached_production()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Build("api", "1");
        var first = await Sealed(engine);
        await engine.Accepted(first, "start_prod_deploy");
        await engine.Deliver();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        await engine.Accepted(first, "final_accept");
        await engine.Build("api", "2");
        engine.Clock.Advance(TimeSpan.FromHours(2));
        var second = await Sealed(engine);
        await engine.Accepted(second, "start_prod_deploy");
        await engine.Deliver();
        engine.Clock.Advance(TimeSpan.FromHours(1));
        (await engine.Raise(second, "start_prod_rollback", "alarm")).Outcome.ShouldBe(EventOutcome.Accepted);
        engine.Clock.Advance(TimeSpan.FromMinutes(6));
        await engine.Deliver();
        await engine.Accepted(second, "reopen");
        await engine.Build("api", "3");
        engine.Clock.Advance(TimeSpan.FromHours(1));
        await engine.Accepted(second, "confirm_tag");
        await engine.Deliver();
        await engine.Accepted(second, "start_prod_deploy");
        await engine.Deliver();

        var report = await Read(engine, Visible.Everything);

        Values(report).ShouldBe(new Dictionary<string, (double?, int)>
        {
            ["deployment_frequency"] = (0.1, 3),
            // Of the first release nothing was before; the other waits since build 2 was finished: 2 + 1 + 0.1 + 1 hours.
            ["change_lead_time"] = (2.05, 2),
            ["change_fail_rate"] = (0.333333, 3),
            ["failed_deployment_recovery_time"] = (0.1, 1),
            ["deployment_rework_rate"] = (0.333333, 3)
        });
        report.Measures.ShouldAllBe(measure => measure.Definition.Length > 20);
        report.Periods.Count.ShouldBe(30);
        report.Periods[^1].ShouldSatisfyAllConditions(day => day.Deployments.ShouldBe(3), day => day.Failures.ShouldBe(1),
            day => day.LeadTimeHours!.Value.ShouldBe(2.05, 0.001));
        var csv = await engine.Do<DeliveryReport, string>(r => r.CsvAsync(Visible.Everything, null, null, null, default));
        csv.Split("\r\n").ShouldSatisfyAllConditions(lines => lines.Length.ShouldBe(7),
            lines => lines[3].ShouldStartWith("\"default\",change_fail_rate,0.3333333333333333,ratio,3,"));

        (await Read(engine, new Visible(false, ["elsewhere"]))).Measures.ShouldAllBe(measure => measure.Count == 0, "only what the caller may view");
        (await Read(engine, Visible.Everything, "elsewhere")).Measures.ShouldAllBe(measure => measure.Count == 0);
        (await Read(engine, Visible.Everything, null, engine.Now.AddDays(-1))).Measures.ShouldAllBe(measure => measure.Count == 0, "before all that");
        (await Should.ThrowAsync<BatchRefusedException>(() => engine.Do<DeliveryReport, DoraView>(
            r => r.ReadAsync(Visible.Everything, null, new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 1), default)))).Fields.Keys.ShouldBe(["from"]);
    }

    [Fact]
    public void Counts_as_well_again_when_another_batch_repairs_it()
    {
        var (broken, other, unrelated) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var day = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        var applications = new[] { (broken, 1L), (broken, 2L), (unrelated, 3L), (other, 2L) }.ToLookup(a => a.Item1, a => a.Item2);

        var runs = ProductionRun.Of(
        [
            (broken, "start_prod_deploy", day), (broken, "prod_deploy_failed", day.AddHours(1)),
            (unrelated, "start_prod_deploy", day.AddHours(2)), (unrelated, "prod_deploy_completed", day.AddHours(3)),
            (other, "start_prod_deploy", day.AddHours(4)), (other, "prod_deploy_completed", day.AddHours(5))
        ], applications);

        runs[0].ShouldSatisfyAllConditions(run => run.FailedAt.ShouldBe(day.AddHours(1)), run => run.RestoredAt.ShouldBe(day.AddHours(5)));
        runs.ShouldAllBe(run => !run.Repairs);
    }

    [Fact]
    public void Tells_an_interrupted_release_from_one_that_failed_by_nothing_but_its_end()
    {
        var batch = Guid.NewGuid();
        var day = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

        var runs = ProductionRun.Of(
        [
            (batch, "start_prod_deploy", day), (batch, "start_prod_rollback", day.AddHours(1)), (batch, "prod_deploy_stopped", day.AddHours(2)),
            (batch, "prod_rollback_completed", day.AddHours(4)), (batch, "start_prod_deploy", day.AddHours(5)), (batch, "prod_deploy_completed", day.AddHours(6))
        ], Array.Empty<Guid>().ToLookup(id => id, _ => 0L));

        runs.Select(run => (run.Succeeded, run.FailedAt, run.RestoredAt, run.Repairs)).ShouldBe(
            [(false, day.AddHours(1), day.AddHours(4), false), (true, null, null, true)]);
    }

    private static async Task<Batch> Sealed(Engine engine)
    {
        var batch = await engine.SealedBatch("api");
        await engine.Deliver();
        return batch;
    }

    private static Task<DoraView> Read(Engine engine, Visible visible, string? project = null, DateTimeOffset? to = null) =>
        engine.Do<DeliveryReport, DoraView>(r => r.ReadAsync(
            visible, project, null, to is { } last ? DateOnly.FromDateTime(last.UtcDateTime) : null, default));

    private static Dictionary<string, (double?, int)> Values(DoraView report) => report.Measures.ToDictionary(
        measure => measure.Name, measure => (measure.Value is { } value ? Math.Round(value, 6) : (double?)null, measure.Count));
}
