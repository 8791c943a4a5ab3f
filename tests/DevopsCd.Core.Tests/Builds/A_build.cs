using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Builds;

/// <summary>R1 and R2 on both databases.</summary>
public sealed class A_build
{
    public static TheoryData<string> Databases => ["postgres", "sqlite"];

    [Theory, MemberData(nameof(Databases))]
    public async Task Refreshes_the_open_release_at_once_and_is_told(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var digest = $"sha256:{new string('a', 64)}";

        var taken = await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(1)) with { ImageDigest = digest });

        (taken.BuildNumber, taken.Known, taken.Matched).ShouldBe(("2", false, true));
        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.CommitId, release.ImageName, release.ImageTag, release.ImageDigest, release.Branch, release.LatestBuildId)
            .ShouldBe(("2", "c2", "registry.example/api", "1.0.2", digest, "main", release.BuildId));
        var told = engine.Told<ReleaseBuildRefreshed>().ShouldHaveSingleItem();
        (told.BatchId, told.Application, told.FromBuildNumber, told.ToBuildNumber).ShouldBe((batch.CorrelationId, "api", "1", "2"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Changes_nothing_when_it_is_repeated(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var build = Engine.BuildOf("api", "2", engine.Now.AddMinutes(1));
        var first = await engine.Build(build);
        var audit = (await engine.Audit(batch)).Count;

        var second = await engine.Build(build);
        var third = await engine.Build(build with { FinishedAt = null, CommitMessage = "other" });

        (second.BuildId, second.Known, third.BuildId, third.Known).ShouldBe((first.BuildId, true, first.BuildId, true));
        (await engine.Release(batch, "api")).ImageTag.ShouldBe("1.0.2");
        (await engine.Audit(batch)).Count.ShouldBe(audit);
        (await engine.Read(db => db.Builds.CountAsync(b => b.BuildNumber == "2"))).ShouldBe(1);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_nobody_is_kept_and_offered_once_its_application_is_registered(string database)
    {
        await using var engine = await Engine.Start(database);

        var taken = await engine.Build("later", "7");

        taken.Matched.ShouldBeFalse();
        var unmatched = await engine.Do<BuildQueries, Page<BuildView>>(q => q.ListAsync(Visible.Everything, null, null, matched: false, null, 50, default));
        unmatched.Items.ShouldHaveSingleItem().Application.ShouldBe("later");
        await engine.Application("later");
        var batch = await engine.Batch("later");
        (await engine.Release(batch, "later")).Build!.BuildNumber.ShouldBe("7");
        (await engine.Do<BuildQueries, Page<BuildView>>(
            q => q.ListAsync(Visible.Everything, null, null, matched: false, null, 50, default))).Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("postgres", BuildStatus.Failed)]
    [InlineData("sqlite", BuildStatus.Failed)]
    [InlineData("postgres", BuildStatus.Cancelled)]
    [InlineData("sqlite", BuildStatus.Cancelled)]
    [InlineData("postgres", BuildStatus.Running)]
    [InlineData("sqlite", BuildStatus.Running)]
    public async Task Without_success_is_never_offered(string database, BuildStatus status)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build("api", "2", status);
        await engine.Scan();

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.LatestBuild!.BuildNumber).ShouldBe(("1", "1"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_runs_is_finished_by_a_later_delivery_and_not_undone_by_a_late_one(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var running = Engine.BuildOf("api", "2", null, BuildStatus.Running);
        await engine.Build(running);
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build(Engine.BuildOf("api", "2", engine.Now));
        await engine.Build(running);

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
        (await engine.Read(db => db.Builds.SingleAsync(b => b.BuildNumber == "2"))).BuildStatus.ShouldBe(BuildStatus.Success);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Never_downgrades_whatever_the_order_of_arrival(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var builds = Enumerable.Range(2, 6).Select(n => Engine.BuildOf("api", $"{n}", engine.Now.AddMinutes(n))).ToArray();
        new Random(7).Shuffle(builds);

        var newest = 0;
        foreach (var build in builds)
        {
            await engine.Build(build);
            newest = Math.Max(newest, int.Parse(build.BuildNumber));

            (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe($"{newest}");
        }
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Counts_by_its_finish_time_even_against_its_number(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");

        await engine.Build(Engine.BuildOf("api", "9", engine.Now.AddMinutes(5)));
        await engine.Build(Engine.BuildOf("api", "10", engine.Now.AddMinutes(4)));
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("9");
        await engine.Build(Engine.BuildOf("api", "11", engine.Now.AddMinutes(5)));

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("11");
    }

    /// <summary>A CI that sends no finish time: the number decides, and 10 follows 9.</summary>
    [Theory, MemberData(nameof(Databases))]
    public async Task Without_a_finish_time_counts_by_its_number(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        await engine.Build(Engine.BuildOf("api", "b-9"));
        var batch = await engine.Batch("api");

        foreach (var number in (string[])["b-12", "b-10", "b-11", "b-8"])
        {
            engine.Clock.Advance(TimeSpan.FromSeconds(1));
            await engine.Build(Engine.BuildOf("api", number));
        }

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("b-12");
        (await engine.Read(db => db.Builds.OrderByDescending(b => b.OrderedAt).Select(b => b.BuildNumber).ToListAsync())).ShouldBe(
            ["b-12", "b-11", "b-10", "b-9", "b-8"]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_another_branch_is_not_taken(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build("api", "2", branch: "feature/x");

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.LatestBuild!.BuildNumber, release.Branch).ShouldBe(("1", "1", "main"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Leaves_a_pinned_release_alone_and_shows_that_it_is_newer(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await Pin(engine, batch, "1");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build("api", "2");
        await engine.Scan();

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.LatestBuild!.BuildNumber, release.PinnedBy).ShouldBe(("1", "2", "bob"));
        await Pin(engine, batch, "");
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
        (await engine.Audit(batch)).Select(e => e.Event).ShouldContain("pinned");
        (await engine.Audit(batch)).Select(e => e.Event).ShouldContain("unpinned");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_another_branch_that_was_pinned_gives_way_to_the_branch_followed_before(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Build("api", "h1", branch: "hotfix/1");
        await engine.Build("api", "h2", branch: "hotfix/2");
        foreach (var number in (string[])["h1", "h2"])
            await Pin(engine, batch, number);
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "2");
        await engine.Scan();
        var pinned = await engine.Release(batch, "api");
        (pinned.Build!.BuildNumber, pinned.LatestBuild!.BuildNumber, pinned.Branch).ShouldBe(("h2", "h2", "hotfix/2"));

        await Pin(engine, batch, "");

        var unpinned = await engine.Release(batch, "api");
        (unpinned.Build!.BuildNumber, unpinned.LatestBuild!.BuildNumber, unpinned.Branch, unpinned.PinnedBy).ShouldBe(("2", "2", "main", null));
        (await engine.Audit(batch)).Last().Reason.ShouldBe("api: h2 → 2; follows main");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build("api", "3");
        await engine.Build("api", "h3", branch: "hotfix/2");
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("3");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Pinned_from_the_start_gives_way_to_the_branch_that_was_asked_for(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        await engine.Build("api", "h1", branch: "hotfix/1");
        await engine.Build("api", "r1", branch: "release/8");
        var row = await engine.Create(new ReleaseItem { Application = "api", Branch = "release/8", BuildNumber = "h1" });
        var batch = await engine.Find(row.BatchCorrelationId);
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("h1");

        await Pin(engine, batch, "");

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.Branch).ShouldBe(("r1", "release/8"));
    }

    /// <summary>What was pinned is not what the branch offers: it must not be sealed by mistake.</summary>
    [Theory, MemberData(nameof(Databases))]
    public async Task Of_another_branch_does_not_stay_when_the_branch_followed_has_none_yet(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        await engine.Build("api", "h1", branch: "hotfix/1");
        var batch = await engine.Find((await engine.Create(new ReleaseItem { Application = "api", BuildNumber = "h1" })).BatchCorrelationId);

        await Pin(engine, batch, "");

        var empty = await engine.Release(batch, "api");
        (empty.BuildId, empty.LatestBuildId, empty.ImageTag, empty.Branch).ShouldBe((null, null, null, "main"));
        (await engine.Audit(batch)).Last().Reason.ShouldBe("api: h1 → no build; follows main");
        await engine.Accepted(batch, "approve");
        (await engine.Raise(batch, "confirm_tag")).Reason.ShouldBe("api has no successful build on main");
        await engine.Build("api", "1");
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("1");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task After_approval_is_taken_and_stands_in_the_history_with_old_and_new(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build("api", "2");

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
        var row = (await engine.Audit(batch)).Last();
        (row.Event, row.Outcome, row.FromState, row.Reason).ShouldBe(("build_refreshed", EventOutcome.Noted, "Approved", "api: 1 → 2"));
        row.Detail.ShouldNotBeNull().ShouldContain("\"from\":\"1\"");
        row.Detail.ShouldContain("\"to\":\"2\"");
        (await engine.Find(batch.CorrelationId)).Version.ShouldBe(1, "a refresh is no event of the table");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task After_sealing_is_shown_as_newer_and_never_taken(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:driver", "external"));
        var batch = await engine.SealedBatch("api");
        var number = 1;

        foreach (var step in (string?[])[null, "start_pre_deploy", "pre_deploy_completed", "start_prod_deploy", "prod_deploy_completed"])
        {
            if (step is not null)
                await engine.Accepted(batch, step);
            engine.Clock.Advance(TimeSpan.FromMinutes(1));
            await engine.Build("api", $"{++number}");
            await engine.Scan();

            var release = await engine.Release(batch, "api");
            (release.Build!.BuildNumber, release.ImageTag, release.LatestBuild!.BuildNumber).ShouldBe(("1", "1.0.1", $"{number}"));
        }
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Leaves_an_ended_batch_as_it_was(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "reject");
        var before = await engine.Release(batch, "api");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        await engine.Build("api", "2");
        await engine.Scan();

        var after = await engine.Release(batch, "api");
        (after.BuildId, after.LatestBuildId).ShouldBe((before.BuildId, before.LatestBuildId));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task With_wrong_fields_is_refused_and_every_field_named(string database)
    {
        await using var engine = await Engine.Start(database);
        var wrong = Engine.BuildOf("", "1") with
        {
            Branch = " ",
            ImageName = "host/../../api/v2.0/users",
            ImageTag = "1/../../x?y",
            ImageDigest = "sha256:12",
            Link = "javascript:alert(1)",
            Attempt = 0
        };

        var refused = await Should.ThrowAsync<BatchRefusedException>(() => engine.Build(wrong));

        refused.Kind.ShouldBe(RefusalKind.Content);
        refused.Fields.Keys.ShouldBe(["application", "attempt", "branch", "imageDigest", "imageName", "imageTag", "link"], ignoreOrder: true);
        (await engine.Read(db => db.Builds.CountAsync())).ShouldBe(0);
    }

    private static Task Pin(Engine engine, Batch batch, string number) =>
        engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = number }, Precondition.None, "bob", default));
}
