using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Builds;

/// <summary>R1: the last word of a build counts, and nothing that comes under a known name is dropped in silence.</summary>
public sealed class A_later_word_about_a_build
{
    public static TheoryData<string> Databases => ["postgres", "sqlite"];

    private static string Digest(char c) => $"sha256:{new string(c, 64)}";

    [Theory]
    [InlineData("postgres", BuildStatus.Failed, true)]
    [InlineData("postgres", BuildStatus.Cancelled, false)]
    [InlineData("sqlite", BuildStatus.Cancelled, true)]
    [InlineData("sqlite", BuildStatus.Failed, false)]
    public async Task Makes_a_success_of_a_job_that_was_retried(string database, BuildStatus before, bool withTimes)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var first = await engine.Build(Engine.BuildOf("api", "2", withTimes ? engine.Now : null, before));
        engine.Clock.Advance(TimeSpan.FromMinutes(1));

        var second = await engine.Build(Engine.BuildOf("api", "2", withTimes ? engine.Now : null));

        (second.BuildId, second.Known).ShouldBe((first.BuildId, false));
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_is_older_changes_nothing_and_says_so(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(2)));

        var late = await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(1), BuildStatus.Failed));

        late.Known.ShouldBeTrue();
        late.Notes.ShouldHaveSingleItem().ShouldStartWith("older than what is known: success");
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_it_failed_takes_it_from_a_batch_that_is_not_sealed(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(1)));

        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(2), BuildStatus.Failed));

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.LatestBuild!.BuildNumber, release.ImageTag).ShouldBe(("1", "1", "1.0.1"));
        (await engine.Audit(batch)).Last().Reason.ShouldBe("api: 2 → 1");
        var shown = await engine.Read(db => db.Builds.SingleAsync(b => b.BuildNumber == "2"));
        (shown.BuildStatus, shown.Withdrawn).ShouldBe((BuildStatus.Failed, true));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_the_only_build_failed_leaves_a_batch_without_one(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");

        await engine.Build(Engine.BuildOf("api", "1", engine.Now.AddMinutes(1), BuildStatus.Failed));

        var release = await engine.Release(batch, "api");
        (release.BuildId, release.LatestBuildId, release.ImageName).ShouldBe((null, null, null));
        (await engine.Audit(batch)).Last().Reason.ShouldBe("api: 1 → no build; main has no other successful one");
        await engine.Accepted(batch, "approve");
        (await engine.Raise(batch, "confirm_tag")).Reason.ShouldBe("api has no successful build on main");
        (await engine.Scan())!.Refreshed.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task That_it_failed_is_shown_on_a_sealed_batch_which_keeps_its_image(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:driver", "external"));
        var batch = await engine.SealedBatch("api");

        await engine.Build(Engine.BuildOf("api", "1", engine.Now.AddMinutes(1), BuildStatus.Failed) with { ImageTag = "none" });
        await engine.Scan();

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.ImageTag, release.Build.Withdrawn, release.LatestBuildId).ShouldBe(("1", "1.0.1", true, null));
        var note = (await engine.Audit(batch)).Single(e => e.Event == "build_withdrawn");
        (note.Outcome, note.Reason).ShouldBe((EventOutcome.Noted, "api: build 1 was reported as failed after it had been taken; this batch keeps it"));
        (await engine.Do<BatchQueries, Contracts.Api.BatchView?>(q => q.GetAsync(batch.Id, default)))!.Releases.Single().BuildWithdrawn.ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task May_make_a_withdrawn_build_good_again(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(1)));
        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(2), BuildStatus.Failed));

        await engine.Build(Engine.BuildOf("api", "2", engine.Now.AddMinutes(3)));

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
        (await engine.Read(db => db.Builds.SingleAsync(b => b.BuildNumber == "2"))).Withdrawn.ShouldBeFalse();
    }

    /// <summary>GitLab rolls back by running the deploy job of last week's pipeline again: it fails, it succeeds, and nothing new was built.</summary>
    [Theory]
    [InlineData("postgres", true)]
    [InlineData("postgres", false)]
    [InlineData("sqlite", true)]
    [InlineData("sqlite", false)]
    public async Task May_make_an_old_build_good_again_and_makes_it_no_newer(string database, bool inOrder)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var old = Engine.BuildOf("api", "2", engine.Now.AddMinutes(1));
        await engine.Build(old);
        await engine.Build(Engine.BuildOf("api", "3", engine.Now.AddMinutes(2)));
        engine.Clock.Advance(TimeSpan.FromMinutes(20));
        var (failed, cancelled, succeeded) = (old with { Status = BuildStatus.Failed, FinishedAt = engine.Now.AddMinutes(5) },
            old with { Status = BuildStatus.Cancelled, FinishedAt = engine.Now.AddMinutes(6) }, old with { FinishedAt = engine.Now.AddMinutes(7) });

        foreach (var word in inOrder ? (BuildCompleted[])[failed, cancelled] : [succeeded, failed, cancelled])
            await engine.Build(word);
        await engine.Build(Engine.BuildOf("api", "4", engine.Now.AddMinutes(4)));

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("4", "what was said of 2 since has nothing to do with the place of 4");
        await engine.Build(succeeded);
        var known = await engine.Read(db => db.Builds.SingleAsync(b => b.BuildNumber == "2"));
        (known.BuildStatus, known.Withdrawn, known.FinishedAt).ShouldBe((BuildStatus.Success, false, old.FinishedAt));
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("4");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Is_a_later_attempt_whatever_the_order_of_arrival(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var first = Engine.BuildOf("api", "2", engine.Now.AddMinutes(1));
        var second = first with { Attempt = 2, Status = BuildStatus.Failed, FinishedAt = engine.Now.AddMinutes(2) };
        var third = first with { Attempt = 3, FinishedAt = engine.Now.AddMinutes(3), ImageTag = "1.0.2-3" };

        (await engine.Build(second)).BuildNumber.ShouldBe("2.2");
        await engine.Build(first);
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("1", "the second attempt has the last word about 2");
        await engine.Build(third);

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.ImageTag).ShouldBe(("2.3", "1.0.2-3"));
        (await engine.Read(db => db.Builds.Where(b => b.RunNumber == "2").OrderBy(b => b.Attempt).Select(b => b.Superseded).ToListAsync())).ShouldBe(
            [true, true, false]);
        (await engine.Build(first)).Known.ShouldBeTrue();
    }

    [Theory]
    [InlineData("postgres", true)]
    [InlineData("postgres", false)]
    [InlineData("sqlite", true)]
    [InlineData("sqlite", false)]
    public async Task Of_other_content_under_the_same_name_is_a_newer_build(string database, bool withTimes)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        BuildCompleted Pushed(char digest, int minute) =>
            Engine.BuildOf("api", "2", withTimes ? engine.Now.AddMinutes(minute) : null) with { CommitId = "unknown", ImageDigest = Digest(digest) };
        await engine.Build(Pushed('a', 1));

        var moved = await engine.Build(Pushed('b', 2));

        (moved.BuildNumber, moved.Known).ShouldBe(("2~2", false));
        moved.Notes[0].ShouldBe("other content than what is known as 2");
        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.ImageDigest, release.LatestBuild!.BuildNumber).ShouldBe(("2~2", Digest('b'), "2~2"));
        (await engine.Build(Pushed('b', 2))).Known.ShouldBeTrue("the same again");
        (await engine.Build(Pushed('a', 3))).BuildNumber.ShouldBe("2~3", "the tag was moved back");
        (await engine.Release(batch, "api")).ImageDigest.ShouldBe(Digest('a'));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_other_content_is_shown_to_a_sealed_batch_and_not_taken(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:driver", "external"));
        var batch = await engine.SealedBatch("api");

        await engine.Build(Engine.BuildOf("api", "1", engine.Now.AddMinutes(1)) with { ImageDigest = Digest('c') });
        await engine.Build(Engine.BuildOf("api", "1", engine.Now.AddMinutes(2)) with { ImageDigest = Digest('d') });

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.ImageDigest, release.LatestBuild!.BuildNumber).ShouldBe(("1", null, "1~2"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Of_a_counter_that_was_set_back_is_another_build(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        await engine.Build(Engine.BuildOf("api", "5", engine.Now.AddMinutes(1)));

        var running = await engine.Build(Engine.BuildOf("api", "5", null, BuildStatus.Running) with { CommitId = "another" });
        var again = await engine.Build(Engine.BuildOf("api", "5", engine.Now.AddMinutes(2)) with { CommitId = "another" });

        (again.BuildId, again.BuildNumber).ShouldBe((running.BuildId, "5~2"));
        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.CommitId).ShouldBe(("5~2", "another"));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Completes_what_was_not_known(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");
        var bare = Engine.BuildOf("api", "2");
        await engine.Build(bare);

        var more = await engine.Build(bare with { ImageDigest = Digest('e'), FinishedAt = engine.Now });

        (more.BuildNumber, more.Known).ShouldBe(("2", false));
        var release = await engine.Release(batch, "api");
        (release.ImageDigest, release.Build!.FinishedAt).ShouldBe((Digest('e'), engine.Now));
    }

    /// <summary>Reproducible images say 1970; a clock may be days ahead. Neither loses the build, and neither keeps it the newest for ever.</summary>
    [Theory]
    [InlineData("postgres", "1970-01-01T00:00:01Z")]
    [InlineData("sqlite", "1980-01-01T00:00:00Z")]
    [InlineData("postgres", "2026-03-04T09:00:00Z")]
    [InlineData("sqlite", "2026-03-02T17:00:00Z")]
    [InlineData("sqlite", "9999-12-31T23:59:59Z")]
    [InlineData("postgres", "0001-01-01T00:00:00Z")]
    public async Task With_an_impossible_time_loses_no_build_and_pins_no_branch(string database, string time)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");

        var taken = await engine.Build(Engine.BuildOf("api", "2", DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));

        taken.Notes.ShouldHaveSingleItem().ShouldStartWith("time unknown: it cannot have finished at");
        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.Build.FinishedAt, release.Build.OrderedBy).ShouldBe(("2", null, BuildOrdering.Number));
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Build(Engine.BuildOf("api", "3", engine.Now));
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("3");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Names_the_branch_in_any_form_of_git(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");

        foreach (var (number, branch) in ((string, string)[])[("2", "refs/heads/main"), ("3", "origin/main"), ("4", "refs/remotes/origin/main")])
        {
            await engine.Build(Engine.BuildOf("api", number, branch: branch));
            (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe(number);
        }

        foreach (var branch in (string[])["refs/tags/v1", "refs/pull/7/merge", "HEAD", "ma\nin"])
            (await Should.ThrowAsync<BatchRefusedException>(() => engine.Build(Engine.BuildOf("api", "9", branch: branch)))).Fields.Keys.ShouldBe(["branch"]);
    }

    [Theory]
    [InlineData("refs/heads/origin/main", "refs/heads/origin/main")]
    [InlineData("origin/origin/main", "refs/heads/origin/main")]
    [InlineData("refs/heads/heads/main", "refs/heads/heads/main")]
    [InlineData("refs/heads/refs/heads/main", "refs/heads/refs/heads/main")]
    [InlineData("refs/heads/tags/main", "refs/heads/tags/main")]
    [InlineData("refs/heads/HEAD", "refs/heads/HEAD")]
    [InlineData("refs/remotes/origin/HEAD", null)]
    [InlineData("refs/heads/feature/origin/main", "feature/origin/main")]
    public void Names_a_branch_that_looks_like_another_one_in_full_however_often_it_is_read(string name, string? branch)
    {
        GitRef.Of(name).Branch.ShouldBe(branch);
        if (branch is not null)
            GitRef.Of(branch).Branch.ShouldBe(branch);
    }

    /// <summary>128.2 is the second attempt at 128 and a number of its own; what came with other content is counted apart and named alike.</summary>
    [Theory, MemberData(nameof(Databases))]
    public async Task Finds_a_free_name_whoever_has_the_next_one(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        BuildCompleted Of(string number, int attempt, string commit) =>
            Engine.BuildOf("api", number) with { Attempt = attempt, CommitId = commit, ImageTag = "1.0" };

        var names = new List<string>();
        foreach (var build in (BuildCompleted[])[Of("128.2", 1, "a"), Of("128.2", 1, "b"), Of("128", 2, "c"), Of("128", 2, "d"), Of("128.2", 1, "e"),
            Of("7~2", 1, "a"), Of("7", 1, "b"), Of("7", 1, "c")])
            names.Add((await engine.Build(build)).BuildNumber);

        names.ShouldBe(["128.2", "128.2~2", "128.2~3", "128.2~4", "128.2~5", "7~2", "7", "7~3"]);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Says_when_only_arrival_orders_it(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.Application("api");
        await engine.Build(Engine.BuildOf("api", "9f2c1d7"));
        var batch = await engine.Batch("api");
        engine.Clock.Advance(TimeSpan.FromSeconds(1));

        var taken = await engine.Build(Engine.BuildOf("api", "10ab33e"));

        taken.Notes.ShouldBe(["ordered by arrival: neither a finish time nor the number orders it against 9f2c1d7"]);
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("10ab33e");
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task In_the_same_second_is_ordered_by_its_number(string database)
    {
        await using var engine = await Engine.Start(database);
        var batch = await engine.Batch("api");

        foreach (var number in (string[])["20261128.9", "20261129.1", "20261128.10"])
            await engine.Build(Engine.BuildOf("api", number, engine.Now.AddMinutes(1)));

        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("20261129.1");
    }

    /// <summary>Every order of arrival of the same facts ends with the same build.</summary>
    [Fact]
    public async Task Ends_at_the_same_build_whatever_the_order_of_arrival()
    {
        await using var engine = await Engine.Start();
        var random = new Random(11);
        for (var round = 0; round < 40; round++)
        {
            var app = $"api{round}";
            await engine.Application(app);
            var facts = Enumerable.Range(1, 4).SelectMany(n => new[]
            {
                Engine.BuildOf(app, $"{n}", null, BuildStatus.Running),
                Engine.BuildOf(app, $"{n}", engine.Now.AddSeconds(10 * n), n % 2 == 0 ? BuildStatus.Failed : BuildStatus.Success),
                Engine.BuildOf(app, $"{n}", engine.Now.AddSeconds((10 * n) + 5), n == 4 ? BuildStatus.Failed : BuildStatus.Success),
            }).ToArray();
            random.Shuffle(facts);

            foreach (var fact in facts)
                await engine.Build(fact);

            var newest = await engine.Do<BuildQueries, Build?>(async q => await q.NewestAsync(await Id(engine, app), "main", default));
            newest.ShouldNotBeNull(string.Join(", ", facts.Select(f => $"{f.BuildNumber} {f.Status}"))).BuildNumber.ShouldBe("3");
        }
    }

    private static Task<long> Id(Engine engine, string application) =>
        engine.Read(db => db.Applications.Where(a => a.Name == application).Select(a => a.Id).SingleAsync());
}
