using DevopsCd.Contracts;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>R16: <c>keep</c>, <c>void</c> and <c>hold</c>.</summary>
public sealed class An_approved_batch_whose_content_changes
{
    [Fact]
    public async Task Is_sealed_with_what_flowed_in_where_the_policy_keeps_approvals()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "keep" });
        var batch = await Approved(engine);

        await BuildLater(engine, "2");

        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved);
        var seal = await engine.Accepted(batch, "confirm_tag");
        seal.SinceApproval!.ShouldHaveSingleItem().Changes.ShouldBe(["build 1 → 2"]);
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Goes_back_to_be_approved_in_the_same_instant_where_the_policy_voids_them(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "void" });
        var batch = await Approved(engine);

        await BuildLater(engine, "2");

        var pending = await engine.Find(batch.CorrelationId);
        (pending.Status, pending.Version, pending.ApprovedBy, pending.ApprovedAt, pending.ApprovedContentHash).ShouldBe(
            (BatchStatus.PendingApproval, 2, null, null, null));
        var row = (await engine.Audit(batch))[^1];
        (row.Event, row.Outcome, row.Operator, row.FromState, row.ToState, row.Reason).ShouldBe(
            ("revoke_approval", EventOutcome.Accepted, Operators.Engine, BatchStatus.Approved, BatchStatus.PendingApproval,
                "the content has changed since it was approved: api: build 1 → 2"));
        engine.Told<BatchTransitioned>()[^1].Event.ShouldBe("revoke_approval");
        (await engine.ApprovalAsync(batch))!.Given.ShouldBeEmpty();
        var vote = await engine.Read(db => db.Set<Vote>().SingleAsync());
        (vote.VoidedAt, vote.VoidedBecause).ShouldBe((engine.Now, row.Reason));

        await engine.Accepted(batch, "approve");
        (await engine.Find(batch.CorrelationId)).ApprovedContentHash.ShouldBe(ContentHash.Of(await engine.Releases(batch)));
    }

    [Fact]
    public async Task Goes_back_when_a_person_changes_it_and_stays_when_the_change_is_none()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "void" });
        var batch = await Approved(engine);

        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "1" }, Precondition.None, "bob", default));
        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved, "the pin holds the build that was approved");

        await BuildLater(engine, "2");
        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved, "a pinned release stays as it is");

        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "2" }, Precondition.None, "bob", default));
        (await engine.Status(batch)).ShouldBe(BatchStatus.PendingApproval);
    }

    [Fact]
    public async Task Stays_as_it_was_approved_where_the_policy_holds_builds_back()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "hold" });
        var batch = await Approved(engine);

        await BuildLater(engine, "2");
        await engine.Scan();

        var release = await engine.Release(batch, "api");
        (release.Build!.BuildNumber, release.LatestBuild!.BuildNumber).ShouldBe(("1", "2"), "that a newer one exists is shown");
        (await engine.Accepted(batch, "confirm_tag")).SinceApproval.ShouldBeNull();
    }

    [Fact]
    public async Task Takes_what_was_held_back_once_its_approval_is_revoked()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "hold" });
        var batch = await Approved(engine);
        await BuildLater(engine, "2");

        var revoked = await engine.Raise(batch, "revoke_approval", "the fix has to go in");

        (revoked.Outcome, revoked.ToState).ShouldBe((EventOutcome.Accepted, BatchStatus.PendingApproval));
        (await engine.Release(batch, "api")).Build!.BuildNumber.ShouldBe("2");
        engine.Told<ReleaseBuildRefreshed>().ShouldHaveSingleItem().ToBuildNumber.ShouldBe("2");
        (await engine.Audit(batch)).Select(e => e.Event).ShouldContain("build_refreshed");
    }

    [Fact]
    public async Task Is_not_sealed_after_a_persons_change_where_the_policy_holds_builds_back()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { OnChange = "hold" });
        var batch = await Approved(engine);
        await BuildLater(engine, "2");
        await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "2" }, Precondition.None, "bob", default));

        var refused = await engine.Raise(batch, "confirm_tag");

        (refused.Outcome, refused.RefusalKind).ShouldBe((EventOutcome.Refused, RefusalKind.Illegal));
        refused.Reason.ShouldBe("the content has changed since it was approved: api: build 1 → 2; revoke the approval and approve the batch as it is now");

        await engine.Accepted(batch, "revoke_approval");
        await engine.Accepted(batch, "approve");
        await engine.Accepted(batch, "confirm_tag");
    }

    [Fact]
    public async Task Wants_a_reason_to_be_sent_back_by_hand()
    {
        await using var engine = await Engine.Start();
        var batch = await Approved(engine);

        var refused = await engine.Raise(batch, "revoke_approval", " ");

        (refused.RefusalKind, refused.Fields.Keys.Single()).ShouldBe((RefusalKind.Content, "reason"));
        (await engine.Status(batch)).ShouldBe(BatchStatus.Approved);
    }

    private static async Task<Batch> Approved(Engine engine)
    {
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");
        return batch;
    }

    private static Task BuildLater(Engine engine, string number)
    {
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        return engine.Build("api", number);
    }
}
