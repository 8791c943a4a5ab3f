using DevopsCd.Messaging.Tests.Houses;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>Who may take the messages of an outbox whose commit nobody saw, and who may let go of them.</summary>
public sealed class An_outbox
{
    // So far ahead that to the house's own sweep nothing is due.
    static readonly DateTime Now = new(2126, 11, 28, 12, 0, 0, DateTimeKind.Utc);
    static readonly DateTime Own = Now.AddTicks(Lease.Ticks - 12_345_677);
    static readonly DateTime Others = Now + Lease / 2;
    static readonly DateTime Over = Now - Lease;
    static readonly DateTime Parked = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    static TimeSpan Lease => TimeSpan.FromSeconds(20);

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task Under_its_first_lease_is_its_writers(Ground ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, Own, Own, Own);

        (await Taken(house, id)).ShouldBe([1, 2, 3]);
    }

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task Whose_lease_is_over_is_whoevers_comes(Ground ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, Over, Over);

        (await Taken(house, id)).ShouldBe([1, 2]);
        (await Taken(house, id)).ShouldBeEmpty();
    }

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task That_another_has_taken_is_left_to_it_with_all_it_has_not_got_to_yet(Ground ground)
    {
        await using var house = await Quiet(ground);

        (await Taken(house, await Written(house, Others, Others))).ShouldBeEmpty();
        (await Taken(house, await Written(house, Others, Own))).ShouldBeEmpty();
        (await Taken(house, await Written(house, Others, Over))).ShouldBeEmpty();
    }

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task Is_taken_without_the_message_that_is_parked(Ground ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, Parked, Over, Parked, Over);

        (await Taken(house, id)).ShouldBe([2, 4]);
    }

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task Is_taken_once_by_many_who_come_at_once(Ground ground)
    {
        await using var house = await Quiet(ground);
        var ids = new List<Guid>();
        for (var outbox = 0; outbox < 20; outbox++)
            ids.Add(await Written(house, Over, Over, Over));

        // The sweep takes the first two of each and has the third with them.
        var sweeps = Enumerable.Range(0, 4).Select(_ => house.Read(db => OutboxModel.For(db).Outbox.Claim(db, 20, 2, Now, Now + Lease, CancellationToken.None)));
        var askers = ids.Select(id => house.Read(db => Claim(db, id)));
        var taken = (await Task.WhenAll(sweeps.Concat(askers))).Select(messages => messages.GroupBy(message => message.OutboxId)).SelectMany(outboxes => outboxes);

        taken.GroupBy(outbox => outbox.Key).ShouldAllBe(takers => takers.Count() == 1);
        taken.Select(outbox => outbox.Key).Order().ShouldBe(ids.Order());
    }

    [Theory, InlineData(Ground.Servers), InlineData(Ground.Embedded)]
    public async Task Is_let_go_of_by_its_owner_only(Ground ground)
    {
        await using var house = await Quiet(ground);
        var mine = await Written(house, Own, Own, Parked, Own);
        var theirs = await Written(house, Own + Lease, Own + Lease);

        await Release(house, mine);
        await Release(house, theirs);

        (await Locks(house, mine)).ShouldBe([Now, Now, Parked, Now]);
        (await Locks(house, theirs)).ShouldAllBe(until => until > Own);
    }

    static Task<House> Quiet(Ground ground) => House.On(ground);

    static async Task<Guid> Written(House house, params DateTime[] locks)
    {
        var id = NewId.NextSequentialGuid();
        await house.Read(db =>
        {
            db.AddRange(locks.Select((until, index) => new OutboxMessage { OutboxId = id, SequenceNumber = index + 1, MessageId = NewId.NextGuid(), SentTime = Now, LockedUntil = until }));
            return db.SaveChangesAsync();
        });
        return id;
    }

    static async Task<IEnumerable<long>> Taken(House house, Guid id) =>
        (await house.Read(db => Claim(db, id))).Select(message => message.SequenceNumber);

    static Task<List<OutboxMessage>> Claim(ShopDbContext db, Guid id) =>
        OutboxModel.For(db).Outbox.Claim(db, id, Own, Now, Now + Lease, CancellationToken.None);

    static Task<List<DateTime>> Locks(House house, Guid id) => house.Read(db =>
        db.Outbox.AsNoTracking().Where(message => message.OutboxId == id).OrderBy(message => message.SequenceNumber).Select(message => message.LockedUntil).ToListAsync());

    static Task Release(House house, Guid id) => house.Read(async db =>
    {
        await db.Database.OpenConnectionAsync();
        await OutboxModel.For(db).Outbox.Release(db, id, from: 1, Own, Now, CancellationToken.None);
        return 0;
    });
}
