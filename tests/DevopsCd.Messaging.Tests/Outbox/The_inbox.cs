using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class The_inbox
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Forgets_a_message_after_the_window(TestInfrastructure ground)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var house = await MessagingTestHost.On(ground, options => options.Services = services => services.AddSingleton<TimeProvider>(clock));
        var (work, messageId) = (new Work(), NewId.NextGuid());

        await house.Send(work, messageId);
        await house.UntilDone(1);
        await house.Send(work, messageId);
        await house.Send(new Work());
        await house.UntilDone(2);
        await Eventually.Sees(
            () =>
            {
                clock.Advance(TimeSpan.FromMinutes(10));
                return house.Read(db => db.Inbox.CountAsync());
            }, left => left == 0, "the inbox is empty");
        await house.Send(work, messageId);

        await house.UntilDone(3);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Count(done => done.Message.WorkId == work.WorkId).ShouldBe(2);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_cleaned_faster_than_it_fills(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        await house.Read(async db =>
        {
            var past = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
            for (var row = 0; row < 12_000; row++)
                db.Add(new InboxState { MessageId = NewId.NextGuid(), ConsumerId = NewId.NextGuid(), Received = past.AddMilliseconds(row) });
            return await db.SaveChangesAsync();
        });

        await Eventually.Sees(() => house.Read(db => db.Inbox.CountAsync()), left => left == 0, "the inbox is empty", TimeSpan.FromSeconds(10));
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_cleaned_by_another_process_when_told_so(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground, options => options.Outbox = outbox => outbox.DisableInboxCleanupService());
        await house.Read(db =>
        {
            db.Add(new InboxState
            {
                MessageId = NewId.NextGuid(),
                ConsumerId = NewId.NextGuid(),
                Received = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)
            });
            return db.SaveChangesAsync();
        });

        house.Services.GetServices<IHostedService>().ShouldNotContain(service => service is InboxCleanupService<ShopDbContext>);
        await using var second = await MessagingTestHost.On(ground, neighbour: house);

        await Eventually.Sees(() => house.Read(db => db.Inbox.CountAsync()), left => left == 0, "the other one has cleaned it");
    }

    [Fact]
    public async Task Refuses_a_message_without_an_id()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);

        await house.Rabbit!.PublishJsonAsync("work", """{ "messageType": ["urn:message:DevopsCd.Messaging.Tests.Houses:Work"], "message": {} }""",
            properties => properties.ContentType = "application/vnd.masstransit+json");

        await Eventually.Sees(() => house.Rabbit.ReadyAsync("work_error"), ready => ready == 1, "the message is in the error queue");
        house.Script.Works.ShouldBe(0);
    }
}
