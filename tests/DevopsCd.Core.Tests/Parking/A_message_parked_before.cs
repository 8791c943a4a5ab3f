using System.Text;
using DevopsCd.Core.Data;
using DevopsCd.Core.Parking;
using DevopsCd.Core.Tests.Engines;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace DevopsCd.Core.Tests.Parking;

/// <summary>A host that was frozen with a message in hand parks it when it wakes up, long after another host has; so does one that died before it could say so.</summary>
public sealed class A_message_parked_before
{
    [Theory, InlineData("postgres"), InlineData("sqlite")]
    public async Task Is_not_parked_a_second_time_and_another_one_is(string provider)
    {
        await using var engine = await Engine.Start(provider);
        var id = NewId.NextGuid();

        await Park(engine, "batch", id, "{}");
        await Park(engine, "batch", id, "{}");
        // There are senders that give every message the same id.
        await Park(engine, "batch", id, "{ }");
        await Park(engine, "build-completed", id, "{}");
        await Park(engine, "batch", null, "{}");
        await Park(engine, "batch", null, "{}");

        (await engine.Read(db => db.Set<ParkedMessage>().CountAsync())).ShouldBe(5);
    }

    private static Task Park(Engine engine, string queue, Guid? id, string body) => engine.Do<CdDbContext>(db =>
        new ParkingLot(db, Substitute.For<IPublishEndpoint>(), engine.Clock, NullLogger<ParkingLot>.Instance).ParkAsync(
            new ParkedDelivery { Queue = queue, MessageId = id, Body = Encoding.UTF8.GetBytes(body), Reason = "operator: is missing" }, default));
}
