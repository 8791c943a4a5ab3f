using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R24: applications leave a batch for a new one.</summary>
public sealed class A_split
{
    private static readonly Subject s_person = Subject.User(Engine.Person) with { Grants = [new Grant(Roles.Admin, Projects.All, "the test")] };

    [Fact]
    public async Task Moves_applications_with_what_depends_on_them_and_both_batches_go_on()
    {
        await using var engine = await Engine.Start("sqlite", ("notification:provider", "log"));
        await Applications(engine);
        var batch = await engine.SealedBatch("base", "api", "web", "tool");
        await engine.Deliver();
        await engine.Scan();
        (await engine.Find(batch.CorrelationId)).ProdPlan!.ShouldContain("web");

        (await Refused(engine, batch, "api")).ShouldBe("what depends on them has to go with them: web");
        (await Refused(engine, batch, "base", "api", "web", "tool")).ShouldStartWith("nothing would be left in batch");
        (await Refused(engine, batch, "elsewhere")).ShouldContain("elsewhere");
        var split = await Split(engine, batch, withDependents: true, key: "k1", "api");
        (await Split(engine, batch, withDependents: true, key: "k1", "api")).BatchId.ShouldBe(split.BatchId, "the same request again");

        var fresh = await engine.Find(split.BatchCorrelationId);
        fresh.Status.ShouldBe(BatchStatus.PendingApproval);
        (await engine.Releases(fresh)).Select(r => (r.App.Name, string.Join(",", r.DependsOn), r.IsLocked, r.PreStatus))
            .ShouldBe([("api", "", false, ReleaseStatus.None), ("web", "api", false, ReleaseStatus.None)], ignoreOrder: true);
        var rest = await engine.Find(batch.CorrelationId);
        (rest.Status, rest.ProdPlan).ShouldBe((BatchStatus.PreDeployed, null), "its production is planned anew");
        (await engine.Releases(rest)).Select(r => r.App.Name).ShouldBe(["base", "tool"], ignoreOrder: true);
        (await engine.Operations(rest)).Select(o => o.Application)
            .ShouldBe(["base", "api", "tool", "web"], ignoreOrder: true, "what was deployed stays its history");
        (await engine.Audit(rest)).ShouldContain(e => e.Event == "applications_split" && e.Reason == $"api, web → {fresh.BatchNumber}");
        (await engine.Audit(fresh)).First().Reason.ShouldBe($"api, web ← {batch.BatchNumber}");
        (await engine.Read(db => db.Set<Notification>().CountAsync(n => n.BatchId == batch.Id && n.NoticeKey.Contains("/split/")))).ShouldBe(1);
        await OneOpenBatchEach(engine, 4);

        await engine.Scan();
        (await engine.Find(batch.CorrelationId)).ProdPlan!.ShouldNotContain("web");
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        await engine.Accepted(batch, "final_accept");
        await engine.Build("api", "2");
        foreach (var step in (string[])["approve", "confirm_tag"])
            await engine.Accepted(fresh, step);
        await engine.Deliver();
        await engine.Accepted(fresh, "start_prod_deploy");
        await engine.Deliver();
        (await engine.Status(fresh)).ShouldBe(BatchStatus.ProdDeployed);
        engine.Service.Calls.Where(c => c.Cluster == "production").Select(c => c.Application).ShouldBe(["base", "tool", "api", "web"], ignoreOrder: true);
        (await Refused(engine, fresh, "web")).ShouldBe($"only a sealed or pre-deployed batch is split; {fresh.BatchNumber} is in ProdDeployed");
    }

    [Fact]
    public async Task Lets_what_failed_wait_and_is_refused_once_production_has_moved()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:retry_count", "0"));
        engine.Service.Submitted("bad", new DeployAnswer.Failed("crashes"));
        var batch = await engine.SealedBatch("good", "bad", "other");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);

        (await Split(engine, batch, withDependents: false, key: null, "bad")).RefusalKind.ShouldBeNull();
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed, "the rest has succeeded already");

        engine.Service.Submitted("good", new DeployAnswer.Failed("crashes"));
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await Refused(engine, batch, "other")).ShouldStartWith("production has moved");
    }

    /// <summary>Many splits, reopenings and new batches at once, on both databases: whatever wins, each application is in one open batch.</summary>
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Leaves_each_application_in_exactly_one_open_batch_whatever_else_happens(string database)
    {
        await using var engine = await Engine.Start(database);
        var random = new Random(7);
        var names = Enumerable.Range(0, 8).Select(i => $"app{i}").ToArray();
        for (var i = 0; i < names.Length; i++)
            await engine.Application(names[i], [.. names[..i].Where(_ => random.Next(5) == 0)]);
        var batch = await engine.SealedBatch(names);
        await engine.Deliver();
        var split = 0;

        for (var round = 0; round < 4; round++)
        {
            var open = (await engine.Read(db => db.Batches.AsNoTracking().ToListAsync())).Where(b => !BatchStatus.Ended(b.Status)).ToList();
            var attempts = new List<Task<bool>>();
            for (var attempt = 0; attempt < 4; attempt++)
            {
                var from = open[random.Next(open.Count)];
                string[] some = [.. names.Where(_ => random.Next(3) == 0)];
                attempts.Add(Try(async () => (await Split(engine, from, random.Next(2) == 0, null, some.Length == 0 ? [names[0]] : some)).RefusalKind is null));
            }
            attempts.Add(Try(async () => (await engine.Create([.. names.Take(2).Select(n => new ReleaseItem { Application = n })])).RefusalKind is null));
            split += (await Task.WhenAll(attempts)).Count(succeeded => succeeded);
            await OneOpenBatchEach(engine, names.Length);
            foreach (var waiting in (await engine.Read(db => db.Batches.AsNoTracking().ToListAsync())).Where(b => b.Status == BatchStatus.PendingApproval))
                foreach (var step in (string[])["approve", "confirm_tag"])
                    await engine.Raise(waiting, step);
            await engine.Deliver();
        }

        split.ShouldBeGreaterThan(0, "the rounds are worth something only if some have succeeded");

        static async Task<bool> Try(Func<Task<bool>> attempt)
        {
            try
            {
                return await attempt();
            }
            catch (BatchRefusedException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Is_refused_to_whoever_saw_the_batch_otherwise()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api", "web");
        var seen = new BatchTag((await engine.Find(batch.CorrelationId)).Version);
        await engine.Deliver();

        var result = await engine.Do<BatchSplits, CommandResult>(async s => (await s.SplitAsync(
            batch.Id, new SplitBody { Applications = ["web"] }, new Precondition([seen.ToString()]), s_person, null, default))!);

        result.RefusalKind.ShouldBe(RefusalKind.Stale);
        (await engine.Releases(batch)).Count.ShouldBe(2);
    }

    private static async Task OneOpenBatchEach(Engine engine, int applications)
    {
        var open = await engine.Read(db => db.Releases.AsNoTracking().Include(r => r.App).Include(r => r.Batch).Where(r => r.IsOpen).ToListAsync());
        open.GroupBy(r => r.App.Name).ShouldAllBe(g => g.Count() == 1);
        open.Count(r => !BatchStatus.Ended(r.Batch.Status)).ShouldBe(applications);
    }

    private static Task<CommandResult> Split(Engine engine, Batch batch, bool withDependents, string? key, params string[] applications) =>
        engine.Do<BatchSplits, CommandResult>(async s => (await s.SplitAsync(
            batch.Id, new SplitBody { Applications = applications, WithDependents = withDependents }, Precondition.None, s_person, key, default))!);

    private static async Task<string> Refused(Engine engine, Batch batch, params string[] applications)
    {
        var result = await Split(engine, batch, withDependents: false, key: null, applications);
        result.RefusalKind.ShouldNotBeNull();
        return result.Fields.Count > 0 ? string.Join("; ", result.Fields.SelectMany(f => f.Value)) : result.Reason!;
    }

    private static async Task Applications(Engine engine)
    {
        await engine.Application("base");
        await engine.Application("api", ["base"]);
        await engine.Application("web", ["api"]);
    }
}
