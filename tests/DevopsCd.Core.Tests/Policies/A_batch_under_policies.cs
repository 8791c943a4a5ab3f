using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications.Delivery;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Policies;

public sealed class A_batch_under_policies
{
    private static readonly AccessOrigin s_root = new(Subject.User("root"), EventSource.Http);

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Has_no_more_operations_in_flight_than_the_strictest_of_its_projects_allows(string database)
    {
        await using var engine = await Engine.Start(database);
        await Project(engine, "shop", new ProjectPolicyBody { ConcurrentApps = 2 }, "web", "api");
        await Project(engine, "bank", new ProjectPolicyBody { ConcurrentApps = 3 }, "ledger", "books");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();

        var batch = await engine.SealedBatch("web", "api", "ledger", "books");
        await engine.Deliver();

        (await engine.Operations(batch)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Waits_for_a_person_to_start_pre_production_where_one_of_its_projects_says_so()
    {
        await using var engine = await Engine.Start();
        await Project(engine, "shop", new ProjectPolicyBody { AutomaticPreDeploy = false }, "web");

        var batch = await engine.SealedBatch("web", "api");
        await engine.Deliver();
        (await engine.Scan())!.Started.ShouldBeEmpty();
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Audit(batch)).ShouldNotContain(e => e.Event == "start_pre_deploy");
        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
    }

    [Fact]
    public async Task Says_why_the_engine_does_not_start_it()
    {
        await using var engine = await Engine.Start();
        await Project(engine, "shop", new ProjectPolicyBody { AutomaticPreDeploy = false }, "web");
        var batch = await engine.SealedBatch("web");

        await engine.Deliver(AutomaticStart.Of(batch.CorrelationId), Guid.NewGuid());

        (await engine.Audit(batch)).Last().Reason.ShouldBe("by the project's policy a person starts pre-production");
    }

    [Fact]
    public async Task Has_the_time_that_the_strictest_of_its_projects_gives()
    {
        await using var engine = await Engine.Start();
        await Project(engine, "shop", new ProjectPolicyBody { BatchTimeout = "20m", SingleAppTimeout = "4m" }, "web");
        await Project(engine, "bank", new ProjectPolicyBody { BatchTimeout = "30m", SingleAppTimeout = "3m" }, "ledger");
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing();

        var batch = await engine.SealedBatch("web", "ledger");
        var began = engine.Now;
        await engine.Deliver();

        (await engine.Find(batch.CorrelationId)).StageDeadlineAt.ShouldBe(began + TimeSpan.FromMinutes(20));
        (await engine.Operations(batch)).ShouldAllBe(o => o.DeadlineAt == began + TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Is_told_to_the_channels_of_all_its_projects()
    {
        await using var engine = await Engine.Start("sqlite",
            ("notification:provider", "log"), ("notification:channels:0:name", "bank-log"), ("notification:channels:0:type", "log"),
            ("notification:channels:1:name", "shop-log"), ("notification:channels:1:type", "log"), ("notification:default_channels", "log"));
        await Project(engine, "shop", new ProjectPolicyBody { Channels = ["shop-log"] }, "web");
        await Project(engine, "bank", new ProjectPolicyBody { Channels = ["bank-log"] }, "ledger");
        await Project(engine, "quiet", new ProjectPolicyBody(), "tool");

        await Told(["shop-log"], "web");
        await Told(["bank-log", "shop-log"], "web", "ledger");
        await Told(["log"], "tool");

        async Task Told(string[] channels, params string[] applications)
        {
            var batch = await engine.Batch(applications);
            await engine.Accepted(batch, "approve");
            (await engine.Read(db => db.Set<Notification>().Where(n => n.BatchId == batch.Id).OrderBy(n => n.Channel).Select(n => n.Channel).ToListAsync()))
                .ShouldBe(channels);
            await engine.Accepted(batch, "cancel");
        }
    }

    private static async Task Project(Engine engine, string name, ProjectPolicyBody policy, params string[] applications)
    {
        await engine.Do<ProjectDesk>(desk => desk.PutAsync(name, policy, Precondition.None, s_root, default));
        foreach (var application in applications)
        {
            await engine.Do<ApplicationCatalogue>(c => c.AddAsync(new NewApplication { Name = application, Project = name }, default));
            foreach (var (stage, cluster) in (IEnumerable<(string, string)>)[("pre", "staging"), ("prod", "production")])
                await engine.Target(application, stage, cluster);
        }
    }
}
