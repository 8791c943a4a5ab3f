using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class A_consumer_with_the_outbox
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_after_the_commit_and_leaves_nothing_behind(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        for (var number = 0; number < 50; number++)
            await house.Send(new Work());

        await house.UntilDone(50);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Select(done => done.Message.WorkId).Distinct().Count().ShouldBe(50);
        (await house.Read(db => db.Inbox.CountAsync())).ShouldBe(50);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Has_one_effect_when_the_message_comes_many_times_at_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        house.Script.OnWork = async (context, db, _) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { ParcelId = context.Message.WorkId, Text = "worked" });
            await context.Publish(new Done { WorkId = context.Message.WorkId });
        };
        var work = new Work();
        var messageId = NewId.NextGuid();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.Send(work, messageId)));
        await house.Send(new Work { Text = "last" });

        await Eventually.IsTrue(() => house.Script.Done.Any(done => done.Message.WorkId != work.WorkId), "the last message is done");
        await house.UntilOutboxIsEmpty();
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.ParcelId == work.WorkId))).ShouldBe(1);
        house.Script.Done.Count(done => done.Message.WorkId == work.WorkId).ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Leaves_no_trace_when_it_fails(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        house.Script.OnWork = async (context, db, publish) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { ParcelId = context.Message.WorkId, Text = "half done" });
            await db.SaveChangesAsync();
            await context.Publish(new Done { WorkId = context.Message.WorkId });
            await publish.Publish(new Done { WorkId = context.Message.WorkId });
            throw new InvalidOperationException("The test wants this work to fail");
        };

        await house.Send(new Work());

        await Eventually.IsTrue(() => house.Script.Faults.Count == 1, "the fault is published");
        house.Script.Works.ShouldBe(4);
        house.Script.Done.ShouldBeEmpty();
        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(0);
        (await house.Read(db => db.Inbox.CountAsync())).ShouldBe(0);
        (await house.Read(db => db.Outbox.CountAsync())).ShouldBe(0);
    }
}
