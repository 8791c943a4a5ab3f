using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>Two people decide on one batch in the same instant, at two hosts.</summary>
public sealed class Two_decisions_at_once
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task To_approve_and_to_reject_are_one_and_a_refusal_that_names_it(string database)
    {
        await using var one = await Engine.Start(database);
        await using var other = one.Another();

        for (var round = 0; round < 50; round++)
        {
            var batch = await one.Batch($"app{round}");

            var both = await Task.WhenAll(Task.Run(() => one.Raise(batch, "approve")), Task.Run(() => other.Raise(batch, "reject", "not yet", by: "bob")));

            var (approved, rejected) = (both[0], both[1]);
            new[] { approved.Outcome, rejected.Outcome }.ShouldBe([EventOutcome.Accepted, EventOutcome.Refused], ignoreOrder: true);
            (await one.Status(batch)).ShouldBe(approved.Outcome == EventOutcome.Accepted ? BatchStatus.Approved : BatchStatus.Rejected);
            both.Single(decision => decision.Outcome == EventOutcome.Refused).RefusalKind.ShouldBe(RefusalKind.Illegal);
            (await one.Audit(batch)).Count(e => e.Event is "approve" or "reject" && e.Outcome == EventOutcome.Accepted).ShouldBe(1);
        }
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task To_seal_and_to_cancel_end_the_batch_with_or_without_a_seal(string database)
    {
        await using var one = await Engine.Start(database);
        await using var other = one.Another();

        for (var round = 0; round < 50; round++)
        {
            var batch = await one.Batch($"app{round}");
            await one.Accepted(batch, "approve");

            var both = await Task.WhenAll(
                Task.Run(() => one.Raise(batch, "confirm_tag")), Task.Run(() => other.Raise(batch, "cancel", "wrong version", by: "bob")));

            both[1].Outcome.ShouldBe(EventOutcome.Accepted, both[1].Reason);
            (await one.Status(batch)).ShouldBe(BatchStatus.Cancelled);
            (await one.Release(batch, $"app{round}")).IsLocked.ShouldBe(both[0].Outcome == EventOutcome.Accepted);
        }
    }
}
