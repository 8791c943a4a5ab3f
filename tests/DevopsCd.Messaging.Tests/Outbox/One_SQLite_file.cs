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
        await using var house = await MessagingTestHost.On(TestInfrastructure.Embedded, options => options.Retry = retry => retry.None());
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

    public static TheoryData<SaveEnd, bool> Ends() => new(
        from end in Enum.GetValues<SaveEnd>()
        from isAsync in new[] { true, false }
        where isAsync || end != SaveEnd.IsCancelled
        select (end, isAsync));

    [Theory, MemberData(nameof(Ends))]
    public async Task Is_free_for_others_after_a_save_that_came_to_nothing(SaveEnd end, bool isAsync)
    {
        var failing = new FailingSaves();
        await using var house = await MessagingTestHost.On(TestInfrastructure.Embedded, options => options.Services = services =>
            services.ConfigureDbContext<SqliteShopDbContext>(db => db.AddInterceptors(failing)));
        await house.InScope(async scope =>
        {
            var db = scope.GetRequiredService<ShopDbContext>();
            using var cancel = new CancellationTokenSource();
            failing.Throws = end == SaveEnd.LaterInterceptorThrows ? db : null;
            failing.Cancels = end == SaveEnd.IsCancelled ? cancel : null;
            if (end == SaveEnd.RowIsGone)
                db.Update(new ParcelEvent { Id = 4711, Text = "not there" });
            else if (end == SaveEnd.ConstraintIsBroken)
                db.AddRange(new ParcelEvent { Id = 1, Text = "one" }, new ParcelEvent { Text = null! });
            else
                db.Add(new ParcelEvent { Text = "never saved" });

            await Should.ThrowAsync<Exception>(async () => _ = isAsync ? await db.SaveChangesAsync(cancel.Token) : db.SaveChanges());

            // The context that failed is still there, as in a request that answers its error.
            await house.InScope(other =>
            {
                other.GetRequiredService<ShopDbContext>().Add(new ParcelEvent { Text = "saved" });
                return other.GetRequiredService<ShopDbContext>().SaveChangesAsync().WaitAsync(TimeSpan.FromSeconds(15));
            });
        });

        (await house.Read(db => db.ParcelEvents.Select(row => row.Text).ToListAsync())).ShouldBe(["saved"]);
    }

    private static Task Each(int count, Func<int, Task> work) => Task.WhenAll(Enumerable.Range(0, count).Select(number => Task.Run(() => work(number))));
}
