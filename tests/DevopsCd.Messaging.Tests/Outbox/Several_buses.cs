using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.DependencyInjection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public interface ISecondBus : IBus;

public sealed class SecondDbContext(DbContextOptions<SecondDbContext> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.AddTransactionalOutboxEntities(table => table.ToTable("second_" + table.Metadata.ClrType.Name));
}

public sealed class Several_buses
{
    [Fact]
    public async Task Have_an_outbox_each()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var vhost = await RabbitVirtualHost.CreateAsync();
        var second = new Script();
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options => options.Services = services =>
        {
            services.AddDbContext<SecondDbContext>(db => db.UseNpgsql(database.ConnectionString));
            services.AddMassTransit<ISecondBus>(bus =>
            {
                bus.AddEntityFrameworkOutbox<SecondDbContext>(outbox => outbox.UseBusOutbox());
                bus.UsingRabbitMq((context, transport) =>
                {
                    transport.Host(vhost.Uri);
                    transport.ReceiveEndpoint("observer", endpoint => endpoint.Instance(new Observer(second)));
                });
            });
        }, beforeStart: services => services.GetRequiredService<SecondDbContext>().Database.EnsureCreatedAsync());

        await house.InScope(async scope =>
        {
            await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = 1 });
            await scope.GetRequiredService<Bind<ISecondBus, IPublishEndpoint>>().Value.Publish(new Done { Number = 2 });
            await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
            await house.UntilDone(1);
            second.Done.ShouldBeEmpty();
            await scope.GetRequiredService<SecondDbContext>().SaveChangesAsync();
        });

        await Eventually.IsTrue(() => second.Done.Count == 1, "the second bus sent");
        second.Done.Single().Message.Number.ShouldBe(2);
        house.Script.Done.Single().Message.Number.ShouldBe(1);
        await house.UntilOutboxIsEmpty();
    }

    [Fact]
    public void Cannot_share_the_outbox_of_one_DbContext()
    {
        var services = new ServiceCollection();
        services.AddMassTransit(bus => bus.AddEntityFrameworkOutbox<SecondDbContext>());

        var refused = Should.Throw<Exception>(() => services.AddMassTransit<ISecondBus>(bus => bus.AddEntityFrameworkOutbox<SecondDbContext>()));

        refused.GetBaseException().Message.ShouldContain("belongs to one bus");
    }
}
