using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Applications;

public sealed class An_application_that_is_removed
{
    private static readonly AccessOrigin s_by = new(Subject.User(Engine.Person), EventSource.Http);

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_offered_nowhere_and_stays_in_the_history_of_its_batches(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await Ended(engine, "api");

        await Remove(engine, "api");

        (await Listed(engine)).ShouldBeEmpty();
        (await engine.Do<ApplicationCatalogue, ApplicationView?>(c => c.FindAsync("api", Visible.Everything, default))).ShouldBeNull();
        (await engine.Do<ProjectsOf, string?>(p => p.ApplicationAsync("api", default))).ShouldBeNull();
        (await engine.Do<LiveVersions, IReadOnlyList<LiveVersionView>>(r => r.ListAsync(Visible.Everything, new LiveVersionFilter(), default))).ShouldBeEmpty();
        (await engine.Create(new ReleaseItem { Application = "api" })).Fields.Keys.ShouldBe(["releases[0].application"]);
        (await Should.ThrowAsync<BatchRefusedException>(() => engine.Target("api", "pre", "staging"))).Kind.ShouldBe(RefusalKind.NotFound);
        (await engine.Release(batch, "api")).ShouldSatisfyAllConditions(
            release => release.App.RemovedAt.ShouldBe(engine.Now),
            release => release.Build!.BuildNumber.ShouldBe("1"));
        var shown = await engine.Do<BatchQueries, BatchView?>(q => q.GetAsync(batch.Id, default));
        shown!.Releases.ShouldHaveSingleItem().Application.ShouldBe("api");
        (await engine.Operations(batch)).ShouldHaveSingleItem().Application.ShouldBe("api");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Keeps_its_builds_where_they_were_seen_and_takes_no_further_ones(string database)
    {
        await using var engine = await Engine.Start(database);
        await Project(engine, "shop");
        await Register(engine, "api", "shop");
        await engine.Build("api", "1");

        await Remove(engine, "api");
        var taken = await engine.Build("api", "2");

        taken.Matched.ShouldBeFalse();
        (await Builds(engine, "shop")).ShouldBe([("1", false)]);
        (await Builds(engine, Projects.Default)).ShouldBe([("2", false)], "a build of no application");
        (await engine.Do<ProjectsOf, string?>(p => p.BuildAsync(1, default))).ShouldBe("shop");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Leaves_its_name_to_another_one_of_its_project_with_its_builds(string database)
    {
        await using var engine = await Engine.Start(database);
        var before = await Ended(engine, "api");
        await Remove(engine, "api");
        await engine.Build("api", "2");

        await engine.Do<ApplicationCatalogue>(c => c.AddAsync(new NewApplication { Name = "api" }, default));

        (await Listed(engine)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            view => view.Targets.ShouldBeEmpty("where the one before was deployed nobody has said of this one"),
            view => view.OpenBatch.ShouldBeNull());
        (await Builds(engine, Projects.Default)).ShouldBe([("2", true), ("1", true)]);
        await engine.Target("api", "pre", "staging");
        var next = await engine.Batch("api");
        var (old, taken) = (await engine.Release(before, "api"), await engine.Release(next, "api"));
        (old.Build!.BuildNumber, taken.Build!.BuildNumber).ShouldBe(("1", "2"));
        taken.AppId.ShouldNotBe(old.AppId);
        (await Should.ThrowAsync<BatchRefusedException>(() => Register(engine, "API", null))).Message.ShouldContain("differs from it in letter case only");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Leaves_to_one_of_another_project_only_what_is_reported_of_it_from_then_on(string database)
    {
        await using var engine = await Engine.Start(database);
        await Project(engine, "shop");
        await Project(engine, "bank");
        await Register(engine, "api", "shop");
        await engine.Build(Engine.BuildOf("api", "1", engine.Now));
        await engine.Build(Engine.BuildOf("api", "2", engine.Now));
        await Remove(engine, "api");
        await Register(engine, "api", "bank");
        var batch = await engine.Create(new ReleaseItem { Application = "api" });

        (await Builds(engine, "bank")).ShouldBeEmpty();
        var again = await engine.Build(Engine.BuildOf("api", "2", engine.Now));

        (again.Known, again.Matched).ShouldBe((true, true));
        (await Builds(engine, "bank")).ShouldBe([("2", true)]);
        (await Builds(engine, "shop")).ShouldBe([("1", false)]);
        (await engine.Release(await engine.Find(batch.BatchCorrelationId), "api")).Build!.BuildNumber.ShouldBe("2");
    }

    [Fact]
    public async Task Is_in_no_open_batch()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");

        var refused = await Should.ThrowAsync<BatchRefusedException>(() => Remove(engine, "api"));

        (refused.Kind, refused.Message).ShouldBe((RefusalKind.Illegal, $"api is in open batch {batch.BatchNumber}; it can be removed when that has ended"));
        await engine.Accepted(batch, "cancel");
        await Remove(engine, "api");
    }

    [Fact]
    public async Task Is_either_removed_or_in_the_batch_that_takes_it_in_the_same_instant()
    {
        await using var engine = await Engine.Start("postgres");
        foreach (var name in Enumerable.Range(1, 8).Select(n => $"api-{n}"))
        {
            await Register(engine, name, null);
            await engine.Build(name, "1");

            var create = engine.Create(new ReleaseItem { Application = name });
            var remove = Record.ExceptionAsync(() => Remove(engine, name)).AsTask();
            await Task.WhenAll(create, remove);

            var isTaken = (await create).Outcome == EventOutcome.Noted;
            if (isTaken)
                (await remove).ShouldBeOfType<BatchRefusedException>().Kind.ShouldBe(RefusalKind.Illegal);
            else
                (await remove).ShouldBeNull();
            (await engine.Read(db => db.Applications.AnyAsync(a => a.Name == name))).ShouldBe(isTaken, name);
        }
    }

    [Fact]
    public async Task Does_not_come_back_with_the_samples()
    {
        await using var engine = await Engine.Start();
        await Register(engine, "api", null);
        await Remove(engine, "api");

        await engine.Do<IFirstContent>(samples => samples.FillAsync(default));

        (await Listed(engine)).ShouldBeEmpty("the catalogue was emptied by people");
    }

    /// <summary>An application and a batch that has pre-deployed it and was cancelled.</summary>
    private static async Task<Batch> Ended(Engine engine, string name)
    {
        var batch = await engine.SealedBatch(name);
        await engine.Deliver();
        (await engine.Status(batch)).ShouldBe(BatchStatus.PreDeployed);
        await engine.Accepted(batch, "cancel");
        return batch;
    }

    private static Task Remove(Engine engine, string name) =>
        engine.Do<ApplicationCatalogue>(c => c.RemoveAsync(name, Visible.Everything, Precondition.None, s_by, default));

    private static Task Register(Engine engine, string name, string? project) =>
        engine.Do<ApplicationCatalogue>(c => c.AddAsync(new NewApplication { Name = name, Project = project }, default));

    private static Task Project(Engine engine, string name) => engine.Do<CdDbContext>(async db =>
    {
        db.Add(new Project { Name = name });
        await db.SaveChangesAsync();
    });

    private static async Task<IReadOnlyList<ApplicationView>> Listed(Engine engine) =>
        (await engine.Do<ApplicationCatalogue, Page<ApplicationView>>(c => c.ListAsync(Visible.Everything, null, null, 10, default))).Items;

    private static async Task<IEnumerable<(string, bool)>> Builds(Engine engine, string project) =>
        (await engine.Do<BuildQueries, Page<BuildView>>(q => q.ListAsync(new Visible(false, [project]), "api", null, null, null, 10, default)))
            .Items.Select(b => (b.BuildNumber, b.Matched));
}
