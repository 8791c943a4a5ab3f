using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

public sealed class One_SQLite_file
{
    [Fact]
    public async Task Takes_consumers_mediator_and_requests_at_once_without_a_lock_error()
    {
        await using var house = await House.On(Ground.Embedded, options => options.Retry = retry => retry.None());
        house.Script.OnWork = async (context, db, publish) =>
        {
            db.ParcelEvents.Add(new ParcelEvent { ParcelId = context.Message.WorkId, Text = "worked" });
            await publish.Publish(new Done { WorkId = context.Message.WorkId });
        };
        var parcel = NewId.NextGuid();
        await house.Mediator.Send(new RegisterParcel { ParcelId = parcel });

        await Task.WhenAll(
            Each(200, _ => house.Send(new Work())),
            Each(100, _ => house.Bus.Publish(new MoveParcel { ParcelId = parcel })),
            Each(100, _ => house.Mediator.Send(new MoveParcel { ParcelId = parcel })),
            Each(100, number => house.InScope(async scope =>
            {
                var db = scope.GetRequiredService<ShopDbContext>();
                db.ParcelEvents.Add(new ParcelEvent { Text = "requested" });
                await scope.GetRequiredService<IPublishEndpoint>().Publish(new Done { Number = number });
                await db.SaveChangesAsync();
            })));

        await house.UntilDone(300);
        await house.UntilParcel(parcel, row => row?.Moves == 200);
        await house.UntilOutboxIsEmpty();
        house.Script.Faults.ShouldBeEmpty();
        house.Script.Works.ShouldBe(200);
        (await house.Read(db => db.ParcelEvents.CountAsync(row => row.Text == "requested"))).ShouldBe(100);
        await Eventually.IsTrue(() => house.Script.Moved.Count == 201, "every move is told once");
    }

    static Task Each(int count, Func<int, Task> work) => Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => work(number))));
}
