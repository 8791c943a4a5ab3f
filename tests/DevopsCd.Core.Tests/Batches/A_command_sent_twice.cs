using DevopsCd.Contracts;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Tests.Engines;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Core.Tests.Batches;

/// <summary>R13. There is no inbox here at all: what holds is the audit, for ever.</summary>
public sealed class A_command_sent_twice
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task As_the_same_message_is_applied_once_however_late_it_comes_again(string database)
    {
        await using var engine = await Engine.Start(database, ("deploy:driver", "external"));
        var batch = await engine.Batch("api");
        var id = Guid.NewGuid();
        var approve = new ApproveBatch { BatchId = batch.CorrelationId, Operator = Engine.Person };
        await engine.Deliver(approve, id);
        await engine.Accepted(batch, "confirm_tag");
        var audit = await engine.Audit(batch);
        engine.Clock.Advance(TimeSpan.FromDays(400));

        await engine.Deliver(approve, id);

        (await engine.Status(batch)).ShouldBe(BatchStatus.Sealed);
        (await engine.Audit(batch)).Select(e => e.Id).ShouldBe(audit.Select(e => e.Id), "not even a refusal is recorded");
    }

    [Fact]
    public async Task As_a_refused_message_is_refused_once()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        var id = Guid.NewGuid();
        var accept = new AcceptBatch { BatchId = batch.CorrelationId, Operator = Engine.Person };

        await engine.Deliver(accept, id);
        await engine.Deliver(accept, id);

        (await engine.Audit(batch)).Count(e => e.Event == "final_accept").ShouldBe(1);
        engine.Told<BatchEventRejected>().Count.ShouldBe(1);
    }

    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task To_two_processes_in_the_same_instant_is_applied_once(string database)
    {
        await using var one = await Engine.Start(database);
        await using var other = one.Another();

        for (var round = 0; round < 10; round++)
        {
            var batch = await one.Batch($"api{round}");
            var id = Guid.NewGuid();
            var approve = new ApproveBatch { BatchId = batch.CorrelationId, Operator = Engine.Person };
            await Task.WhenAll(Task.Run(() => one.Deliver(approve, id)), Task.Run(() => other.Deliver(approve, id)));

            (await one.Find(batch.CorrelationId)).Version.ShouldBe(1);
            (await one.Audit(batch)).Count(e => e.Event == "approve").ShouldBe(1);
        }
    }

    [Fact]
    public async Task With_one_key_gets_the_first_answer_again()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");

        var first = await engine.Raise(batch, "approve", key: "k1");
        await engine.Accepted(batch, "confirm_tag");
        var again = await engine.Raise(batch, "approve", key: "k1");

        (again.Id, again.Outcome, again.ToState).ShouldBe((first.Id, EventOutcome.Accepted, BatchStatus.Approved));
        (await engine.Raise(batch, "approve", key: "k1", by: "bob")).Outcome.ShouldBe(EventOutcome.Refused, "another person's key is another key");
    }

    [Fact]
    public async Task With_one_key_creates_one_batch()
    {
        await using var engine = await Engine.Start();
        await engine.Application("api");

        var first = await engine.Create("k1", new ReleaseItem { Application = "api" });
        var again = await engine.Create("k1", new ReleaseItem { Application = "api" });

        (again.Id, again.BatchId).ShouldBe((first.Id, first.BatchId));
        (await engine.Read(db => db.Batches.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task By_a_person_is_answered_with_the_present_state()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");

        var again = await engine.Raise(batch, "approve");

        (again.Outcome, again.FromState, again.Version).ShouldBe((EventOutcome.Refused, BatchStatus.Approved, 1));
    }

    [Fact]
    public async Task On_an_old_version_is_refused_as_stale()
    {
        await using var engine = await Engine.Start();
        var batch = await engine.Batch("api");
        await engine.Accepted(batch, "approve");

        var row = await engine.Raise(batch, "confirm_tag", version: 0);

        (row.Outcome, row.RefusalKind, row.Reason).ShouldBe(
            (EventOutcome.Refused, RefusalKind.Stale, "the batch is at version 1, not 0: approve by ann (PendingApproval → Approved); read the batch again"));
        (await engine.Raise(batch, "confirm_tag", version: 1)).Outcome.ShouldBe(EventOutcome.Accepted);
    }
}
