using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R23: production in waves, with a soak that is longer than the stage may take.</summary>
public sealed class A_batch_in_waves
{
    private static readonly AccessOrigin s_root = new(Subject.User("root"), EventSource.Http);

    [Fact]
    public async Task Goes_wave_by_wave_through_a_lost_wake_up_a_failure_a_retry_and_a_rollback()
    {
        await using var engine = await Engine.Start("sqlite", ("deploy:batch_timeout", "10m"), ("deploy:single_app_timeout", "5m"), ("deploy:retry_count", "0"));
        await SoakAsync(engine, "30m");
        await Applications(engine);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        (await engine.Do<BatchPlans, BatchPlan?>(p => p.LookAsync(batch.Id, Stage.Prod, default)))!.Operations.Select(o => (o.Application, o.Cluster, o.Wave))
            .ShouldBe([("api", "east", 1), ("web", "east", 1), ("api", "west", 2), ("web", "west", 2)]);
        (await WavesAsync(engine, batch)).ShouldBe(["1 planned", "2 planned after 1"]);
        (await ExplainedAsync(engine, batch)).Waves.ShouldBeEmpty("nothing is under way");

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        var soaked = engine.Now.AddMinutes(30);
        await engine.Pass(TimeSpan.FromMinutes(29));
        await engine.Scan();
        await engine.Deliver();

        (await Places(engine, batch)).ShouldBe(["api/east", "web/east"], "the next wave waits, also when the time of the stage would be over");
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeploying);
        (await engine.Release(batch, "web")).StatusReason!.ShouldStartWith("waits until ");
        (await engine.Find(batch.CorrelationId)).PausedUntil.ShouldBe(soaked);
        (await WavesAsync(engine, batch)).ShouldBe(["1 done", $"2 soaking after 1 until {soaked:HH:mm}"]);
        var explained = await ExplainedAsync(engine, batch);
        explained.Waves.Select(w => w.SoaksUntil).ShouldBe([null, soaked]);
        explained.Waiting.Select(w => w.Application).ShouldBe(["api", "web"]);
        explained.Waiting.ShouldAllBe(w => w.WaitsFor.StartsWith("waits until "));

        // The message of the end is lost; the scan finds it.
        engine.Mail.Lose(m => m is AdvanceStage);
        engine.Service.Submitted("web", new DeployAnswer.Refused("no such namespace"));
        await engine.Pass(TimeSpan.FromMinutes(2));
        (await Places(engine, batch)).Count.ShouldBe(2);
        await engine.Scan();
        await engine.Deliver();

        (await Places(engine, batch)).ShouldBe(["api/east", "web/east", "api/west", "web/west"]);
        var failed = await engine.Find(batch.CorrelationId);
        (failed.Status, failed.PausedAt, failed.Prod.Dirty).ShouldBe((BatchStatus.PreDeployed, null, true));
        (await WavesAsync(engine, batch)).ShouldBe(["1 done", "2 failed after 1"]);

        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();
        (await Places(engine, batch)).Skip(4).ShouldBe(["web/west"], "only what has not succeeded, and without another soak");
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);

        await engine.Accepted(batch, "start_prod_rollback");
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Do<BatchPlans, BatchPlan?>(p => p.LookAsync(batch.Id, Stage.Rollback, default)))!.Operations.Select(o => (o.Application, o.Cluster, o.Wave))
            .ShouldBe([("web", "west", 2), ("api", "west", 2), ("web", "east", 1), ("api", "east", 1)]);
    }

    private static async Task<IEnumerable<string>> WavesAsync(Engine engine, Batch batch) =>
        (await engine.Do<BatchPlans, BatchPlan?>(p => p.LookAsync(batch.Id, Stage.Prod, default)))!.Waves.Select(w => $"{w.Wave} {w.State}"
            + (w.After is { } after ? $" after {after}" : "") + (w.SoaksUntil is { } until ? $" until {until:HH:mm}" : ""));

    private static async Task<BatchExplanation> ExplainedAsync(Engine engine, Batch batch) =>
        (await engine.Do<BatchExplainer, BatchExplanation?>(e => e.ExplainAsync(batch.Id, (BatchEventType?)null, null, default)))!;

    [Fact]
    public async Task Wakes_at_the_end_of_the_soak_by_itself_and_can_be_stopped_before()
    {
        await using var engine = await Engine.Start();
        await SoakAsync(engine, "30m");
        await Applications(engine);
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Pass(TimeSpan.FromMinutes(30));
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        await engine.Accepted(batch, "final_accept");

        foreach (var application in (string[])["api", "web"])
            await engine.Build(application, "2");
        var next = await engine.Create(new ReleaseItem { Application = "api" }, new ReleaseItem { Application = "web", DependsOn = ["api"] });
        var stopped = await engine.Find(next.BatchCorrelationId);
        foreach (var step in (string[])["approve", "confirm_tag"])
            await engine.Accepted(stopped, step);
        await engine.Deliver();
        await engine.Accepted(stopped, "start_prod_deploy");
        await engine.Pass(TimeSpan.FromMinutes(10));
        await engine.Accepted(stopped, "start_prod_rollback");
        await engine.Deliver();

        (await engine.Status(stopped)).ShouldBe(BatchStatus.PreDeployed);
        (await engine.Operations(stopped)).Where(o => o.Stage != Stage.Pre).Select(o => $"{o.Stage} {o.Application}/{o.Cluster}")
            .ShouldBe(["Prod api/east", "Prod web/east", "Rollback web/east", "Rollback api/east"]);
    }

    [Fact]
    public async Task Is_not_sealed_where_something_would_deploy_before_what_it_depends_on()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api", prod: []);
        await engine.Target("api", "prod", "west", wave: 2);
        await engine.Application("web", ["api"]);
        var batch = await engine.Batch("api", "web");
        await engine.Accepted(batch, "approve");

        var refused = await engine.Raise(batch, "confirm_tag");

        refused.Reason.ShouldBe("web begins prod in wave 1 and depends on api, which begins in wave 2");
        await engine.Target("web", "prod", "production", wave: 2);
        await engine.Accepted(batch, "confirm_tag");
    }

    private static Task SoakAsync(Engine engine, string soak) =>
        engine.Do<ProjectDesk>(desk => desk.PutAsync("default", new ProjectPolicyBody { Soak = soak }, Precondition.None, s_root, default));

    private static async Task Applications(Engine engine)
    {
        foreach (var (name, dependsOn) in (IEnumerable<(string, string[])>)[("api", []), ("web", ["api"])])
        {
            await engine.Application(name, dependsOn, prod: []);
            await engine.Target(name, "prod", "east");
            await engine.Target(name, "prod", "west", wave: 2);
        }
    }

    private static async Task<List<string>> Places(Engine engine, Batch batch) =>
        [.. (await engine.Operations(batch)).Where(o => o.Stage == Stage.Prod).Select(o => $"{o.Application}/{o.Cluster}")];
}
