using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class A_transaction_of_ones_own
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Saves_commits_and_sends_at_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            var answer = await db.InTransactionAsync(async () =>
            {
                db.Database.CurrentTransaction.ShouldNotBeNull();
                db.ParcelEvents.Add(new ParcelEvent { ParcelId = Guid.NewGuid(), Text = "in it" });
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
                return "done";
            });

            answer.ShouldBe("done");
            db.Database.CurrentTransaction.ShouldBeNull();
            // While the scope is still open.
            await house.UntilDone(1);
        });

        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(1);
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Keeps_and_sends_nothing_when_the_work_fails(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await Should.ThrowAsync<FormatException>(() => db.InTransactionAsync(async () =>
            {
                db.ParcelEvents.Add(new ParcelEvent { ParcelId = Guid.NewGuid(), Text = "in it" });
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
                await db.SaveChangesAsync();
                throw new FormatException();
            }));
        });

        await house.InScope(scope =>
            scope.GetRequiredService<ShopDbContext>().InTransactionAsync(() => scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 2 })));
        await house.UntilDone(1);
        await house.UntilOutboxIsEmpty();
        house.Script.Done.Single().Message.Number.ShouldBe(2);
        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(0);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Does_not_go_on_over_a_second_connection_without_its_locks(bool savesItself)
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers);

        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            await Should.ThrowAsync<Exception>(() => db.InTransactionAsync(async () =>
            {
                db.ParcelEvents.Add(new ParcelEvent { ParcelId = Guid.NewGuid(), Text = "lost" });
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
                await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync("SELECT pg_terminate_backend(pg_backend_pid())"));
                if (savesItself) await db.SaveChangesAsync();
            }));
        });

        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(0);
        (await house.Read(db => db.Outbox.CountAsync())).ShouldBe(0);
    }
}
