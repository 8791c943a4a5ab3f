using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Sagas;

public sealed class A_saga
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Created_by_many_at_once_is_created_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 15).Select(_ => house.Bus.Publish(new RegisterParcel { ParcelId = id }))),
            Task.WhenAll(Enumerable.Range(0, 15).Select(_ => house.Mediator.Send(new RegisterParcel { ParcelId = id }))));

        await Eventually.IsTrue(() => house.Script.Moved.Count == 1, "told once");
        await Eventually.Sees(() => house.Read(db => db.Inbox.CountAsync()), consumed => consumed == 15, "all fifteen from the bus are consumed");
        (await house.Read(db => db.Parcels.CountAsync())).ShouldBe(1);
        (await house.Read(db => db.ParcelEvents.CountAsync())).ShouldBe(1);
        await house.UntilOutboxIsEmpty();
        house.Script.Moved.Count.ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Moves_once_when_one_message_comes_many_times_at_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var (id, messageId) = (NewId.NextGuid(), NewId.NextGuid());
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });
        var endpoint = await house.Endpoint("parcel");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => endpoint.Send(new MoveParcel { ParcelId = id }, context => context.MessageId = messageId)));
        await endpoint.Send(new MoveParcel { ParcelId = id });

        await house.UntilParcel(id, parcel => parcel!.Moves == 2);
        await Eventually.IsTrue(() => house.Script.Moved.Count(moved => moved.Moves > 0) == 2, "both moves are told");
        await house.UntilOutboxIsEmpty();
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.MessageId == messageId))).ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task That_is_missing_is_answered_as_the_machine_says(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var client = house.Bus.CreateRequestClient<AskParcel>(new Uri("queue:parcel"), RequestTimeout.After(s: 20));

        await house.Mediator.Send(new MoveParcel { ParcelId = NewId.NextGuid() });
        var answer = await client.GetResponse<ParcelStanding>(new AskParcel { ParcelId = NewId.NextGuid() });

        answer.Message.Moves.ShouldBe(-1);
        (await house.Read(db => db.Parcels.CountAsync())).ShouldBe(0);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_not_changed_by_an_event_that_only_reads(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });
        await house.Mediator.Send(new MoveParcel { ParcelId = id });
        var client = house.Bus.CreateRequestClient<AskParcel>(new Uri("queue:parcel"), RequestTimeout.After(s: 20));

        // The machine adds a thousand before it answers, and takes them off again in the answer only.
        (await client.GetResponse<ParcelStanding>(new AskParcel { ParcelId = id })).Message.Moves.ShouldBe(1);
        (await client.GetResponse<ParcelStanding>(new AskParcel { ParcelId = id })).Message.Moves.ShouldBe(1);

        (await house.Parcel(id)).ShouldNotBeNull().Moves.ShouldBe(1);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_deleted_when_it_is_completed(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });

        await house.Bus.Publish(new ForgetParcel { ParcelId = id });

        await house.UntilParcel(id, parcel => parcel is null);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_found_by_what_it_holds(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var ids = Enumerable.Range(0, 12).Select(_ => NewId.NextGuid()).ToList();
        foreach (var id in ids)
            await house.Mediator.Send(new RegisterParcel { ParcelId = id });
        await house.Read(db => db.Parcels.Where(parcel => ids.Take(10).Contains(parcel.CorrelationId))
            .ExecuteUpdateAsync(row => row.SetProperty(parcel => parcel.Station, "north")));

        // Two at once lock the same rows.
        await Task.WhenAll(house.Bus.Publish(new CloseStation { Station = "north" }), house.Mediator.Send(new CloseStation { Station = "north" }));

        await Eventually.Sees(() => house.Read(db => db.Parcels.CountAsync(parcel => parcel.State == "Closed")), closed => closed == 10, "ten are closed");
        (await house.Read(db => db.Parcels.CountAsync(parcel => parcel.State == "Moving"))).ShouldBe(2);
        var found = await house.Services.GetRequiredService<IQuerySagaRepository<Parcel>>()
            .Find(new MassTransit.Saga.SagaQuery<Parcel>(parcel => parcel.Station == "north"));
        found.Order().ShouldBe(ids.Take(10).Order());
        (await house.Services.GetRequiredService<ILoadSagaRepository<Parcel>>().Load(ids[0])).Station.ShouldBe("north");
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_read_anew_under_its_lock_although_the_scope_knows_it(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });

        await house.InScope(async scope =>
        {
            var mine = await scope.GetRequiredService<ShopDbContext>().Parcels.SingleAsync();
            await house.Mediator.Send(new MoveParcel { ParcelId = id });
            mine.Moves.ShouldBe(0);
            await scope.GetRequiredService<MassTransit.Mediator.IScopedMediator>().Send(new MoveParcel { ParcelId = id });
        });

        (await house.Parcel(id)).ShouldNotBeNull().Moves.ShouldBe(2);
        await Eventually.IsTrue(() => house.Script.Moved.Count == 3, "all are told");
        await house.UntilOutboxIsEmpty();
    }

    [Fact]
    public void Without_a_DbContext_is_refused_when_it_is_configured()
    {
        var services = new ServiceCollection();

        var refused = Should.Throw<ConfigurationException>(() => services.AddMassTransit(bus =>
            bus.AddSagaStateMachine<ParcelStateMachine, Parcel>().EntityFrameworkRepository(_ => { })));

        refused.Message.ShouldContain("DbContext");
    }
}
