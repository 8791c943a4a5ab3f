using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class A_fault
{
    [Fact]
    public async Task At_the_commit_leaves_no_trace_and_is_told()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);
        await house.Postgres!.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused at commit'; end $$;
            create constraint trigger refuse after insert on "ParcelEvents" deferrable initially deferred for each row when (new."Text" = 'bad') execute function refuse();
            """);
        house.Script.OnWork = async (context, db, publish) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { ParcelId = context.Message.WorkId, Text = context.Message.Text });
            await publish.Publish(new Done { WorkId = context.Message.WorkId });
        };

        await house.Send(new Work { Text = "bad" });
        await Eventually.IsTrue(() => house.Script.Faults.Count == 1, "the fault is published");
        await house.Send(new Work { Text = "good" });
        await house.UntilDone(1);

        await house.UntilOutboxIsEmpty();
        house.Script.Works.ShouldBe(5);
        house.Script.Done.Count.ShouldBe(1);
        house.Script.Faults.Single().Exceptions[0].Message.ShouldContain("refused at commit");
        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(1);
        (await house.Read(db => db.Inbox.CountAsync())).ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task That_the_consumer_survives_is_no_fault(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        await house.Mediator.Send(new RegisterParcel { ParcelId = NewId.NextGuid() });
        var taken = (await house.Read(db => db.Parcels.AsNoTracking().SingleAsync())).CorrelationId;
        house.Script.OnWork = async (context, db, _) =>
        {
            // A unique column refuses the row; the consumer goes on with something else in the same transaction.
            var rival = new Parcel { CorrelationId = taken };
            db.Parcels.Add(rival);
            await Should.ThrowAsync<DbUpdateException>(() => db.SaveChangesAsync());
            db.Entry(rival).State = EntityState.Detached;
            db.ParcelEvents.Add(new ParcelEvent { Text = "went on" });
            await context.Publish(new Done { WorkId = context.Message.WorkId });
        };

        await house.Send(new Work());

        await house.UntilDone(1);
        house.Script.Works.ShouldBe(1);
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.Text == "went on"))).ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Of_the_first_tries_is_healed_by_the_retry(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        house.Script.OnWork = async (context, db, _) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { Text = $"try {context.GetRetryAttempt()}" });
            await context.Publish(new Done { Number = context.GetRetryAttempt() });
            if (context.GetRetryAttempt() < 2)
                throw new TimeoutException("The test wants the first tries to fail");
        };

        await house.Send(new Work());

        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Single().Message.Number.ShouldBe(2);
        house.Script.Faults.ShouldBeEmpty();
        (await house.Read(db => db.ParcelEvents.AsNoTracking().Select(row => row.Text).ToListAsync())).ShouldBe(["try 2"]);
    }

    [Fact]
    public async Task Of_a_stopping_host_lets_the_message_come_again()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);
        var begun = new TaskCompletionSource();
        house.Script.OnWork = async (context, db, _) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { Text = "interrupted" });
            await context.Publish(new Done { Number = 1 });
            begun.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(context.CancellationToken);
        };
        await house.Send(new Work());
        await begun.Task;

        await house.Stop();
        await using var successor = await MessagingTestHost.On(TestInfrastructure.Servers, neighbour: house);

        await successor.UntilDone(1);
        await successor.UntilOutboxIsEmpty();
        house.Script.Done.ShouldBeEmpty();
        (await successor.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(0);
        (await successor.Read(db => db.Inbox.CountAsync())).ShouldBe(1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task That_broke_the_transaction_cannot_be_swallowed(bool sends)
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);
        house.Script.OnWork = async (context, db, _) =>
        {
            // PostgreSQL would answer the commit of such a transaction with a quiet rollback, and the message would be gone.
            await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync("select 1 / 0"));
            if (sends)
                await context.Publish(new Done());
        };

        await house.Send(new Work());

        await Eventually.IsTrue(() => house.Script.Faults.Count == 1, "the fault is published");
        house.Script.Works.ShouldBe(4);
        house.Script.Done.ShouldBeEmpty();
        (await house.Read(db => db.Inbox.CountAsync())).ShouldBe(0);
    }
}
