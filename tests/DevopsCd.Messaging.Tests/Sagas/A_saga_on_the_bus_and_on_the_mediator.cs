using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Sagas;

public sealed class A_saga_on_the_bus_and_on_the_mediator
{
    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_the_same_instance(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();

        await house.Mediator.Send(new RegisterParcel { ParcelId = id });
        (await house.Parcel(id)).ShouldNotBeNull().State.ShouldBe("Moving");
        await house.Mediator.Send(new MoveParcel { ParcelId = id });
        (await house.Parcel(id)).ShouldNotBeNull().Moves.ShouldBe(1);
        await house.Bus.Publish(new MoveParcel { ParcelId = id });

        await house.UntilParcel(id, parcel => parcel?.Moves == 2);
        await Eventually.IsTrue(() => house.Script.Moved.Count == 3, "three ParcelMoved seen");
        await house.UntilOutboxIsEmpty();
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.ParcelId == id))).ShouldBe(3);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Counts_every_move_however_many_come_at_once(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });

        await Task.WhenAll(
            Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.Bus.Publish(new MoveParcel { ParcelId = id }))),
            Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.Mediator.Send(new MoveParcel { ParcelId = id }))));

        await house.UntilParcel(id, parcel => parcel?.Moves == 40);
        await Eventually.IsTrue(() => house.Script.Moved.Count == 41, "a ParcelMoved for every event");
        house.Script.Moved.Select(moved => moved.Moves).Order().ShouldBe(Enumerable.Range(0, 41));
        await house.UntilOutboxIsEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Changes_nothing_and_sends_nothing_when_an_activity_fails(TestInfrastructure ground)
    {
        await using var house = await MessagingTestHost.On(ground);
        var id = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = id });

        await Should.ThrowAsync<Exception>(() => house.Mediator.Send(new MoveParcel { ParcelId = id, Mode = "fail" }));
        await house.Mediator.Send(new MoveParcel { ParcelId = id });

        (await house.Parcel(id)).ShouldNotBeNull().Moves.ShouldBe(1);
        await Eventually.IsTrue(() => house.Script.Moved.Count == 2, "the two good events are told");
        await house.UntilOutboxIsEmpty();
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.ParcelId == id))).ShouldBe(2);
    }
}
