using DevopsCd.Contracts.Api;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>R16: <c>expire_after</c>.</summary>
public sealed class An_approval_that_expires
{
    private static readonly ApprovalPolicyBody s_aDay = new() { Required = 2, ExpireAfter = "24h", NotByAuthor = false };

    [Fact]
    public async Task Needs_all_its_votes_within_the_time()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_aDay);
        var batch = await engine.Batch("api");
        await engine.VoteAsync(batch, "bob");

        engine.Clock.Advance(TimeSpan.FromHours(24));
        (await engine.VoteAsync(batch, "carol")).Outcome.ShouldBe(EventOutcome.Noted, "bob's vote is over");
        (await engine.ApprovalAsync(batch))!.Given.Select(v => (v.By, v.WhyNot)).ShouldBe([("bob", "it expired after 1d"), ("carol", null)]);

        (await engine.VoteAsync(batch, "bob")).ToState.ShouldBe(BatchStatus.Approved, "a vote given again is a new one");
    }

    [Fact]
    public async Task Says_until_when_it_holds()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(s_aDay);
        var batch = await engine.Batch("api");
        var first = engine.Now;
        await engine.VoteAsync(batch, "bob");
        engine.Clock.Advance(TimeSpan.FromHours(5));
        await engine.VoteAsync(batch, "carol");

        (await engine.ApprovalAsync(batch))!.ExpiresAt.ShouldBe(first.AddHours(24));
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Seals_nothing_afterwards_and_is_revoked_by_the_next_scan(string database)
    {
        await using var engine = await Engine.Start(database);
        await engine.SetPolicyAsync(s_aDay);
        var batch = await engine.Batch("api");
        await engine.VoteAsync(batch, "bob");
        engine.Clock.Advance(TimeSpan.FromHours(20));
        await engine.VoteAsync(batch, "carol");
        (await engine.Scan())!.Expired.ShouldBeEmpty();

        engine.Clock.Advance(TimeSpan.FromHours(4));

        var refused = await engine.Raise(batch, "confirm_tag");
        (refused.Outcome, refused.Reason).ShouldBe(
            (EventOutcome.Refused, "the approval has expired: it holds for 1d; revoke the approval and approve the batch as it is now"));
        (await engine.Scan())!.Expired.ShouldBe([batch.BatchNumber]);
        (await engine.Status(batch)).ShouldBe(BatchStatus.PendingApproval);
        (await engine.Audit(batch))[^1].ShouldSatisfyAllConditions(
            row => (row.Event, row.Operator, row.Reason).ShouldBe(("revoke_approval", Operators.Engine, "the approval has expired: it holds for 1d")));
        (await engine.Scan())!.Expired.ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_a_sealed_batch_matters_no_more()
    {
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody { ExpireAfter = "24h" });
        var batch = await engine.SealedBatch("api");

        engine.Clock.Advance(TimeSpan.FromDays(3));
        (await engine.Scan())!.Expired.ShouldBeEmpty();

        (await engine.Status(batch)).ShouldNotBe(BatchStatus.PendingApproval);
    }
}
