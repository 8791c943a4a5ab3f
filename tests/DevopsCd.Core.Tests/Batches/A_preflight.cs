using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Approvals;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Batches;

public sealed class A_preflight
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Says_what_would_happen_and_writes_nothing(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api", pre: ["s1", "s2"]);
        await engine.Application("web", dependsOn: ["api"], pre: ["s1"]);
        await engine.Application("docs", pre: []);
        await Released(engine, "api", "web");
        await engine.Build(Engine.BuildOf("api", "2", engine.Now) with { ImageDigest = $"sha256:{new string('a', 64)}" });
        await engine.Build("docs", "1");
        var batch = await engine.Batch("web", "api", "docs");
        var rows = await Everything(engine);

        var preflight = await Look(engine, batch, Stage.Pre);

        preflight.Ok.ShouldBeFalse("it has not been approved");
        preflight.Obstacles.Select(o => o.Guard).ShouldBe(["state"], "of the seal");
        preflight.Operations.Select(o => (o.Application, o.Cluster, o.Action, o.HasDigest)).ShouldBe(
        [
            ("api", "s1", "deploy", true), ("api", "s2", "deploy", true), ("docs", null, "skip", false), ("web", "s1", "deploy", false)
        ]);
        preflight.Operations[0].ShouldSatisfyAllConditions(
            o => o.Running.ShouldBe("registry.example/api:1.0.1"),
            o => o.Image.ShouldBe($"registry.example/api:1.0.2@sha256:{new string('a', 64)}"),
            o => o.ExpectedSeconds.ShouldBe(5));
        preflight.ExpectedSeconds.ShouldBe(10, "web after api");
        (await Everything(engine)).ShouldBe(rows);
    }

    [Fact]
    public async Task Of_a_rollback_says_what_production_would_go_back_to()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        await engine.Application("web", dependsOn: ["api"]);
        await engine.Application("docs");
        await Released(engine, "api", "web");
        await engine.Build("api", "2");
        await engine.Build("web", "2");
        var batch = await engine.SealedBatch("api", "web", "docs");
        await engine.Pass(TimeSpan.FromMinutes(1));
        (await Look(engine, batch, Stage.Rollback)).Obstacles.ShouldNotBeEmpty("production runs nothing of it yet");
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Pass(TimeSpan.FromMinutes(1));
        var rows = await Everything(engine);

        var preflight = await Look(engine, batch, Stage.Rollback);

        (preflight.Stage, preflight.Ok).ShouldBe(("rollback", true));
        preflight.Operations.Select(o => (o.Application, o.Action, o.Image, string.Join(",", o.DependsOn))).ShouldBe(
        [
            ("docs", "stay", null, ""), ("web", "restore", "registry.example/web:1.0.1", ""), ("api", "restore", "registry.example/api:1.0.1", "web")
        ], ignoreOrder: true);
        preflight.Operations.Single(o => o.Application == "docs").Reason.ShouldNotBeNull();
        preflight.ExpectedSeconds.ShouldNotBeNull("what went there takes as long to go back");
        (await Everything(engine)).ShouldBe(rows);
    }

    [Fact]
    public async Task Is_right_about_what_starts()
    {
        await using var engine = await Engine.Start();
        engine.Service.Submitted("web", new DeployAnswer.Failed("no quota"));
        var batch = await engine.SealedBatch("api", "web");
        await engine.Deliver();
        var preflight = await Look(engine, batch, null);

        await engine.Accepted(batch, "start_pre_deploy");
        await engine.Deliver();

        (preflight.Stage, preflight.Ok).ShouldBe(("pre", true));
        preflight.Operations.Select(o => (o.Application, o.Action)).ShouldBe([("api", "keep"), ("web", "deploy")]);
        engine.Service.Calls.Where(c => c.Verb == "submit").Skip(2).Select(c => c.Application).ShouldBe(["web"]);
        (await Look(engine, batch, null)).Stage.ShouldBe("prod");
        (await Look(engine, batch, Stage.Pre)).Obstacles.ShouldHaveSingleItem().Guard.ShouldBe("state");
    }

    [Fact]
    public async Task Names_all_that_is_in_the_way_of_the_seal_too()
    {
        await using var engine = await Engine.Start();
        await engine.Application("nobuild");
        var created = await engine.Create(new ReleaseItem { Application = "nobuild" });
        var batch = await engine.Find(created.BatchCorrelationId);
        await engine.Accepted(batch, "approve");

        var preflight = await Look(engine, batch, Stage.Pre);

        preflight.Obstacles.Select(o => o.Guard).ShouldBe(["build"]);
        preflight.Operations.ShouldHaveSingleItem().Image.ShouldBeNull();
        preflight.ExpectedSeconds.ShouldBeNull();
    }

    private static async Task<BatchPreflight> Look(Engine engine, Batch batch, Stage? stage) =>
        (await engine.Do<BatchPreflights, BatchPreflight?>(p => p.LookAsync(batch.Id, stage, Electorate.Person("bob"), default)))!;

    /// <summary>A batch before: each operation took one poll.</summary>
    private static async Task Released(Engine engine, params string[] applications)
    {
        engine.Service.OnSubmit = _ => new DeployAnswer.Progressing(TimeSpan.FromSeconds(10));
        engine.Service.OnLook = _ => new DeployAnswer.Succeeded();
        var batch = await engine.SealedBatch(applications);
        await engine.Pass(TimeSpan.FromMinutes(1));
        foreach (var step in (string[])["start_prod_deploy", "final_accept"])
        {
            await engine.Accepted(batch, step);
            await engine.Pass(TimeSpan.FromMinutes(1));
        }
    }

    private static Task<string> Everything(Engine engine) => engine.Read(async db =>
        $"{await db.BatchEvents.CountAsync()} {await db.Deployments.CountAsync()} {await db.Batches.SumAsync(b => b.Version)} {engine.Mail.All.Count} {engine.Service.Calls.Count}");
}
