using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class A_scope_outside_of_consumers
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_with_its_save_and_not_before(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 });
            db.ChangeTracker.Entries().Count().ShouldBe(2);
            (await db.Outbox.CountAsync()).ShouldBe(0);
            house.Script.Done.ShouldBeEmpty();
            await db.SaveChangesAsync();

            // While the scope is still open.
            await house.UntilDone(2);

            await (await scope.GetRequiredService<ISendEndpointProvider>().GetSendEndpoint(new Uri("queue:observer"))).Send(new Done { Number = 3 });
            await db.SaveChangesAsync();
        });

        await house.UntilDone(3);
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_nothing_without_a_save(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(scope => scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 }));
        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 });
            await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
        });

        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Single().Message.Number.ShouldBe(2);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_at_once_what_is_saved_after_the_rest_was_thrown_away(TestInfrastructure ground)
    {
        // No sweep to help out.
        await using var house = await MessagingTestHost.On(ground, options => options.Outbox = outbox => outbox.QueryDelay = TimeSpan.FromHours(1));

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            db.ChangeTracker.Clear();
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 });
            await db.SaveChangesAsync();
        });

        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Single().Message.Number.ShouldBe(2);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Leaves_the_sending_to_another_process_when_told_so(TestInfrastructure ground)
    {
        await using var house =
            await MessagingTestHost.On(ground, options => options.Outbox = outbox => outbox.UseBusOutbox(delivery => delivery.DisableDeliveryService()));
        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
        });
        (await house.Read(db => db.Outbox.CountAsync())).ShouldBe(1);

        await using var second = await MessagingTestHost.On(ground, neighbour: house);

        await Eventually.IsTrue(() => house.Script.Done.Count + second.Script.Done.Count == 1, "the other one has sent it");
        await second.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Sends_what_a_transaction_of_its_own_committed_and_only_that(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            var publish = scope.GetRequiredService<IPublishEndpoint>();
            await using (await db.Database.BeginTransactionAsync())
            {
                await publish.Publish(new Done { Number = 1 });
                await db.SaveChangesAsync();
            }
            await using (var committed = await db.Database.BeginTransactionAsync())
            {
                await publish.Publish(new Done { Number = 2 });
                await db.SaveChangesAsync();
                await publish.Publish(new Done { Number = 3 });
                await db.SaveChangesAsync();
                await committed.CommitAsync();
            }
        });

        await house.UntilDone(2);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Select(done => done.Message.Number).Order().ShouldBe([2, 3]);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Opened_inside_a_plain_consumer_still_has_an_outbox(TestInfrastructure ground)
    {
        MessagingTestHost? built = null;
        await using var house = built = await MessagingTestHost.On(ground, options => options.Endpoints = (_, transport) =>
            transport.ReceiveEndpoint("plain", endpoint => endpoint.Handler<Work>(_ => built!.InScope(async scope =>
            {
                var db = scope.GetRequiredService<ShopDbContext>();
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
                db.ChangeTracker.Entries().Count().ShouldBe(1);
                await db.SaveChangesAsync();
            }))));

        await (await house.Endpoint("plain")).Send(new Work());

        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
    }

    [Fact]
    public async Task Completes_while_the_broker_is_down_and_sends_when_it_is_back()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options => options.Relays = true);
        house.RabbitRelay!.Cut();

        for (var number = 0; number < 20; number++)
        {
            await house.InScope(async scope =>
            {
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = number });
                await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
            });
        }

        (await house.Read(db => db.Outbox.CountAsync())).ShouldBe(20);
        house.RabbitRelay.Restore();
        await Eventually.IsTrue(() => house.Script.Done.Select(done => done.Message.Number).Distinct().Count() == 20, "all twenty arrived",
            TimeSpan.FromSeconds(60));
        await house.UntilOutboxIsEmpty();
        (await house.Read(db => db.OutboxStates.CountAsync())).ShouldBe(0);
    }
}
