using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R4.</summary>
public sealed class A_seal
{
    [Fact]
    public async Task Locks_every_release_with_its_image_and_settings()
    {
        await using var engine = await Engine.Start();

        var batch = await engine.SealedBatch("api", "web");

        (batch.Status, batch.TaggedBy, batch.TaggedAt).ShouldBe((BatchStatus.Sealed, Engine.Person, engine.Now));
        foreach (var release in await engine.Releases(batch))
        {
            release.IsLocked.ShouldBeTrue();
            release.Targets(Stage.Pre).ShouldHaveSingleItem().Cluster.ShouldBe("staging");
            release.Targets(Stage.Prod).ShouldHaveSingleItem().Cluster.ShouldBe("production");
        }
    }

    [Fact]
    public async Task Is_refused_without_a_successful_build_and_without_settings_and_names_each()
    {
        await using var engine = await Engine.Start();
        await engine.Application("nobuild");
        await engine.Application("failed");
        await engine.Build("failed", "1", BuildStatus.Failed);
        await engine.Application("nosettings", pre: [], prod: []);
        await engine.Build("nosettings", "1");
        var batch = await engine.Find((await engine.Create(Items("nobuild", "failed", "nosettings"))).BatchCorrelationId);
        await engine.Accepted(batch, "approve");

        var row = await engine.Raise(batch, "confirm_tag");

        (row.Outcome, row.RefusalKind, row.FromState).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal, BatchStatus.Approved));
        row.Reason.ShouldNotBeNull().ShouldContain("nobuild has no successful build on main");
        row.Reason.ShouldContain("failed has no successful build on main");
        row.Reason.ShouldContain("nosettings has no deploy settings");
        (await engine.Releases(batch)).ShouldAllBe(r => !r.IsLocked && r.SealedTargets == null);
        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved);
    }

    [Fact]
    public async Task Names_the_cycle_that_refuses_it()
    {
        await using var engine = await Engine.Start();
        foreach (var name in (string[])["a", "b", "c"])
        {
            await engine.Application(name);
            await engine.Build(name, "1");
        }
        var row = await engine.Create(
            new ReleaseItem { Application = "a", DependsOn = ["b"] }, new ReleaseItem { Application = "b", DependsOn = ["c"] },
                new ReleaseItem { Application = "c", DependsOn = ["b"] });
        var batch = await engine.Find(row.BatchCorrelationId);
        await engine.Accepted(batch, "approve");

        var refused = await engine.Raise(batch, "confirm_tag");

        refused.Outcome.ShouldBe(EventOutcome.Refused);
        refused.Reason.ShouldBeOneOf("the dependencies form a cycle: b → c → b", "the dependencies form a cycle: c → b → c");
    }

    [Fact]
    public async Task Keeps_image_and_settings_whatever_changes_later()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");
        await engine.Target("api", "pre", "another");
        await engine.Do<TargetCatalogue>(c => c.PutAsync("api", "pre", "staging",
            new TargetBody { Namespace = "changed", Workload = new DeployWorkload { Kind = "Deployment", Name = "changed" } }, Visible.Everything, Precondition.None, default));

        await engine.Deliver();
        await engine.Accepted(batch, "start_prod_deploy");
        await engine.Deliver();

        (await engine.Status(batch)).ShouldBe(BatchStatus.ProdDeployed);
        engine.Service.Calls.Select(c => (c.Cluster, c.Image))
            .ShouldBe([("staging", "registry.example/api:1.0.1"), ("production", "registry.example/api:1.0.1")]);
        (await engine.Operations(batch))[0].Target.ShouldNotContain("changed");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Deploys_by_digest_and_shows_the_version(bool known)
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");
        var digest = $"sha256:{new string('b', 64)}";
        await engine.Build(Engine.BuildOf("api", "1") with { ImageDigest = known ? digest : null });
        var batch = await engine.SealedBatch("api");

        await engine.Deliver();

        var image = known ? $"registry.example/api:1.0.1@{digest}" : "registry.example/api:1.0.1";
        engine.Service.Calls.ShouldHaveSingleItem().Image.ShouldBe(image);
        (await engine.Operation(batch, "api")).Image.ShouldBe(image);
    }

    [Fact]
    public async Task Fixes_pins_and_dependencies()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.SealedBatch("api", "web");

        var pin = await Should.ThrowAsync<BatchRefusedException>(
            () => engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "1" }, Precondition.None, "bob", default)));

        (pin.Kind, pin.State).ShouldBe((RefusalKind.Illegal, BatchStatus.Sealed));
        await Should.ThrowAsync<BatchRefusedException>(
            () => engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "web", new ReleaseChange { DependsOn = ["api"] }, Precondition.None, "bob", default)));
    }

    /// <summary>
    /// Two processes, a hundred times: the build is in the snapshot, or it is recorded as newer, never half. In every tenth round one of the
    /// two waits for the other, so that both ends are seen however the race goes.
    /// </summary>
    [Fact]
    public async Task Racing_a_build_has_all_of_it_or_none()
    {
        await using var one = await Engine.Start("postgres");
        await using var other = one.Another();
        var (taken, newer) = (0, 0);

        for (var round = 0; round < 100; round++)
        {
            var app = $"app{round}";
            var batch = await one.Batch(app);
            await one.Accepted(batch, "approve");
            var build = Engine.BuildOf(app, "2", one.Now.AddMinutes(1));
            Func<Task> seal = () => one.Accepted(batch, "confirm_tag"), intake = () => other.Build(build);
            if (round % 10 < 2)
                foreach (var next in round % 10 == 0 ? (Func<Task>[])[intake, seal] : [seal, intake])
                    await next();
            else
                await Task.WhenAll(Task.Run(seal), Task.Run(intake));

            var release = await one.Release(batch, app);
            release.LatestBuild!.BuildNumber.ShouldBe("2", $"round {round}");
            release.IsLocked.ShouldBeTrue();
            (release.ImageTag, release.CommitId, release.ImageName).ShouldBe((release.Build!.ImageTag, release.Build.CommitId, release.Build.ImageName));
            var history = await one.Audit(batch);
            var refreshed = history.FindIndex(e => e.Event == "build_refreshed");
            if (release.Build.BuildNumber == "2")
            {
                taken++;
                refreshed.ShouldBeInRange(0, history.FindIndex(e => e.Event == "confirm_tag"), $"round {round}: refreshed before the seal");
            }
            else
            {
                newer++;
                refreshed.ShouldBe(-1, $"round {round}: nothing was refreshed");
            }
        }

        taken.ShouldBeGreaterThanOrEqualTo(10);
        newer.ShouldBeGreaterThanOrEqualTo(10);
        TestContext.Current.TestOutputHelper?.WriteLine($"in the snapshot: {taken}, recorded as newer: {newer}");
    }

    private static ReleaseItem[] Items(params string[] names) => [.. names.Select(n => new ReleaseItem { Application = n })];
}
