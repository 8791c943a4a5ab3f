using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class Rows_that_were_left_behind
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Leave_with_the_sweep(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await Leave(house, outboxes: 150, messages: 2);

        await house.UntilDone(300);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Select(done => done.MessageId).Distinct().Count().ShouldBe(300);
    }

    [Fact]
    public async Task Leave_once_each_when_several_instances_sweep()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, Patient);
        await using var second = await MessagingTestHost.On(TestInfrastructure.Servers, Patient, neighbour: house);
        await using var third = await MessagingTestHost.On(TestInfrastructure.Servers, Patient, neighbour: house);

        await Leave(house, outboxes: 400, messages: 3);

        await Eventually.IsTrue(() => house.Script.Done.Count + second.Script.Done.Count + third.Script.Done.Count >= 1200, "all arrived");
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Concat(second.Script.Done).Concat(third.Script.Done).GroupBy(done => done.MessageId).ShouldAllBe(copies => copies.Count() == 1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task That_cannot_be_sent_are_parked_with_the_reason_and_hold_up_nobody(TestInfrastructure ground)
    {
        await using var house =
            await MessagingTestHost.On(ground, Rarely, beforeStart: scope => Leave(scope, outboxes: 3, messages: 3, spoil: (outbox, message) =>
        {
            if (message.SequenceNumber != 2)
                return;
            if (outbox == 0)
                message.Headers = "{ not json";
            if (outbox == 1)
                message.DestinationAddress = null;
        }));

        await house.UntilDone(7);
        var parked = await Eventually.Sees(() => house.Read(db => db.OutboxStates.AsNoTracking().ToListAsync()),
            states => states.Count(state => state.Parked != null) == 2, "two messages parked", TimeSpan.FromSeconds(50));
        parked.Count.ShouldBe(2);
        parked.ShouldAllBe(state => state.DeliveryCount == 5 && state.Reason.Length > 10);
        (await house.Read(db => db.Outbox.AsNoTracking().Select(message => message.SequenceNumber).ToListAsync())).ShouldBe([2, 2]);
        house.Script.Done.GroupBy(done => done.MessageId).ShouldAllBe(copies => copies.Count() == 1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Leave_in_order_however_few_are_taken_at_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground, options =>
        {
            Rarely(options);
            options.ObserverConcurrency = 1;
            options.Outbox += outbox => outbox.UseBusOutbox(delivery => delivery.MessageDeliveryLimit = 3);
        }, beforeStart: scope => Leave(scope, outboxes: 5, messages: 10));

        await house.UntilDone(50);
        await house.UntilOutboxIsEmpty();
        foreach (var outbox in house.Script.Done.GroupBy(done => done.Message.WorkId))
            outbox.Select(done => done.Message.Number).ShouldBe(Enumerable.Range(1, 10));
        house.Log.Count(line => line.StartsWith("The sweep sent 15 ", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task Are_looked_for_again_when_the_look_takes_longer_than_QueryTimeout()
    {
        await using var house =
            await MessagingTestHost.On(TestInfrastructure.Servers, options => options.Outbox = outbox => outbox.QueryTimeout = TimeSpan.FromSeconds(1));
        await house.Read(async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlRawAsync("""LOCK TABLE "Outbox", "Inbox" IN ACCESS EXCLUSIVE MODE""");

            // The connection string would let a statement wait for ten seconds.
            await Eventually.IsTrue(() => Given(house, "The outbox could not be swept") && Given(house, "The inbox could not be cleaned"),
                "both have given up", TimeSpan.FromSeconds(8));
            return 0;
        });

        await Leave(house, outboxes: 1, messages: 1);
        await house.UntilDone(1);

        static bool Given(MessagingTestHost house, string up) => house.Log.Any(line => line.StartsWith(up, StringComparison.Ordinal));
    }

    private static void Rarely(HouseOptions options) => options.Outbox = outbox => outbox.QueryDelay = TimeSpan.FromHours(1);

    // A lease that a busy machine does not outlive: after it, another instance may send once more, and is right to.
    private static void Patient(HouseOptions options) =>
        options.Outbox = outbox => outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromMinutes(1));

    /// <summary>What a process leaves that dies between commit and delivery.</summary>
    private static Task Leave(MessagingTestHost house, int outboxes, int messages) => house.InScope(scope => Leave(scope, outboxes, messages));

    private static async Task Leave(IServiceProvider scope, int outboxes, int messages, Action<int, OutboxMessage>? spoil = null)
    {
        var db = scope.GetRequiredService<ShopDbContext>();
        var past = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var outbox = 0; outbox < outboxes; outbox++)
        {
            var outboxId = NewId.NextSequentialGuid();
            for (var position = 1; position <= messages; position++)
            {
                var message = new OutboxMessage
                {
                    OutboxId = outboxId,
                    SequenceNumber = position,
                    MessageId = NewId.NextGuid(),
                    DestinationAddress = new Uri(scope.GetRequiredService<IBus>().Address, "observer"),
                    ContentType = SystemTextJsonMessageSerializer.JsonContentType.ToString(),
                    MessageType = MessageUrn.ForTypeString<Done>(),
                    SentTime = past,
                    LockedUntil = past,
                };
                message.Body = $$"""{ "messageId": "{{message.MessageId}}", "messageType": ["{{message.MessageType}}"], "message": { "workId": "{{outboxId}}", "number": {{position}} } }""";
                spoil?.Invoke(outbox, message);
                db.Add(message);
            }
        }
        await db.SaveChangesAsync();
    }
}
