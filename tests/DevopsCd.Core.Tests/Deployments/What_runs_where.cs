using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Scanning;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Tests.Deployments;

/// <summary>R25: one answer to what runs where, and whether it still does.</summary>
public sealed class What_runs_where
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_what_last_succeeded_there_and_after_a_rollback_what_ran_before(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api", prod: ["east", "west"]);
        await engine.Application("web");
        var first = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        await engine.Accepted(first, "start_prod_deploy");
        await engine.Deliver();
        await engine.Accepted(first, "final_accept");
        var began = engine.Now;
        (await Shown(engine)).ShouldBe(["api pre/staging 1 B1", "api prod/east 1 B1", "api prod/west 1 B1", "web pre/staging 1 B1", "web prod/production 1 B1"]);

        engine.Clock.Advance(TimeSpan.FromHours(1));
        await engine.Build("api", "2");
        var second = await engine.SealedBatch("api");
        await engine.Deliver();
        engine.Service.OnSubmit = d => d.Cluster == "west" ? new DeployAnswer.Failed("crashes") : new DeployAnswer.Succeeded();
        await engine.Accepted(second, "start_prod_deploy");
        await engine.Deliver();
        (await Shown(engine, new LiveVersionFilter("api"))).ShouldBe(["api pre/staging 2 B2", "api prod/east 2 B2", "api prod/west 1 B1"]);
        var rows = await List(engine, new LiveVersionFilter(Stage: Stage.Prod, Cluster: "west"));
        rows.ShouldHaveSingleItem().ShouldSatisfyAllConditions(v => v.Since.ShouldBe(began), v => v.CommitId.ShouldNotBeNull(), v => v.Drift.ShouldBeNull());

        engine.Service.OnSubmit = _ => new DeployAnswer.Succeeded();
        await engine.Accepted(second, "start_prod_rollback");
        await engine.Deliver();
        (await Shown(engine, new LiveVersionFilter(Search: "AP"))).ShouldBe(["api pre/staging 2 B2", "api prod/east 1 B2", "api prod/west 1 B2"], "the build is known by its image");
        var page = await engine.Do<LiveVersions, Page<LiveVersionView>>(v => v.PageAsync(Visible.Everything, new LiveVersionFilter(), 2, default));
        (page.Items.Count, page.NextCursor).ShouldSatisfyAllConditions(p => p.Count.ShouldBe(2), p => p.NextCursor.ShouldNotBeNull());
        (await List(engine, new LiveVersionFilter(), new Visible(false, ["elsewhere"]))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Is_looked_at_and_marked_where_something_else_runs()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:drift_interval", "5m"));
        var watch = engine.Services.GetRequiredService<DriftWatch>();
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();

        (await watch.LookAsync(default)).ShouldBe(0, "it cannot tell");
        (await List(engine, new LiveVersionFilter())).ShouldAllBe(v => v.SeenAt == null && v.Drift == null);
        engine.Service.OnInspect = d => new FoundVersion(d.Application == "api" ? "registry.example/api:9" : null);
        (await watch.LookAsync(default)).ShouldBe(0, "not again so soon");

        engine.Clock.Advance(TimeSpan.FromMinutes(5));
        (await watch.LookAsync(default)).ShouldBe(2);
        var found = engine.Now;
        engine.Clock.Advance(TimeSpan.FromMinutes(5));
        (await watch.LookAsync(default)).ShouldBe(2);
        var shown = await List(engine, new LiveVersionFilter());
        shown.Select(v => (v.Application, v.Drift, v.DriftSince, v.SeenAt)).ShouldBe(
            [("api", "registry.example/api:9", found, engine.Now), ("web", null, null, (DateTimeOffset?)engine.Now)]);
        (await engine.Services.GetRequiredService<StateGauges>().ReadAsync(default)).Drifted.ShouldBe(1);

        await engine.Accepted(batch, "reopen");
        await engine.Build("api", "2");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();
        foreach (var step in (string[])["approve", "confirm_tag"])
            if ((await engine.Find(batch.CorrelationId)).ApprovedBy is null || step == "confirm_tag")
                await engine.Accepted(batch, step);
        await engine.Deliver();
        engine.Clock.Advance(TimeSpan.FromMinutes(5));
        (await watch.LookAsync(default)).ShouldBe(1, "nothing is said of what is being deployed");

        engine.Service.Looked("api", new DeployAnswer.Succeeded());
        await engine.Pass(TimeSpan.FromSeconds(30));
        var deployed = (await List(engine, new LiveVersionFilter("api"))).ShouldHaveSingleItem();
        (deployed.BuildNumber, deployed.Drift, deployed.DriftSince, deployed.SeenAt).ShouldBe(("2", null, null, null), "what was found before says nothing any more");
    }

    /// <summary>In an upgrade, or in the time in which the version before was back: it knows nothing of these rows.</summary>
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_known_also_of_what_a_host_of_an_earlier_version_has_deployed(string database)
    {
        await using var engine = await Engine.Start(database);
        var watch = engine.Services.GetRequiredService<DriftWatch>();
        await engine.SealedBatch("api", "web");
        await engine.Deliver();
        var before = await engine.Read(db => db.Set<LiveVersion>().AsNoTracking().ToListAsync());
        await watch.LookAsync(default);
        await engine.Application("shop");
        var batch = await engine.SealedBatch("shop");
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        var expected = await Shown(engine);

        await engine.Read(db => db.Set<LiveVersion>().Where(v => !before.Select(b => b.Id).Contains(v.Id)).ExecuteDeleteAsync());
        await engine.Read(db => db.Set<LiveVersion>().Where(v => v.Application.Name == "web").ExecuteDeleteAsync());
        await watch.LookAsync(default);
        (await Shown(engine)).ShouldBe(expected.Where(line => !line.StartsWith("web", StringComparison.Ordinal)), "what was known is not asked for again");

        // A host that starts has not looked yet.
        (await engine.Do<LiveVersions, (int, long)>(v => v.CatchUpAsync(0, default))).Item1.ShouldBe(1);
        (await Shown(engine)).ShouldBe(expected);
    }

    private static Task<IReadOnlyList<LiveVersionView>> List(Engine engine, LiveVersionFilter filter, Visible? visible = null) =>
        engine.Do<LiveVersions, IReadOnlyList<LiveVersionView>>(v => v.ListAsync(visible ?? Visible.Everything, filter, default));

    private static async Task<IEnumerable<string>> Shown(Engine engine, LiveVersionFilter? filter = null)
    {
        var batches = await engine.Read(db => db.Batches.OrderBy(b => b.Id).Select(b => b.Id).ToListAsync());
        return (await List(engine, filter ?? new LiveVersionFilter()))
            .Select(v => $"{v.Application} {v.Stage}/{v.Cluster} {v.BuildNumber} B{batches.IndexOf(v.BatchId) + 1}");
    }
}
