using DevopsCd.Messaging.Tests.Houses;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>Who may take the messages of an outbox whose commit nobody saw, and who may let go of them.</summary>
public sealed class An_outbox
{
    // So far ahead that to the house's own sweep nothing is due.
    private static readonly DateTime s_now = new(2126, 11, 28, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime s_own = s_now.AddTicks(Lease.Ticks - 12_345_677);
    private static readonly DateTime s_others = s_now + Lease / 2;
    private static readonly DateTime s_over = s_now - Lease;
    private static readonly DateTime s_parked = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static TimeSpan Lease => TimeSpan.FromSeconds(20);

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Under_its_first_lease_is_its_writers(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, s_own, s_own, s_own);

        (await Taken(house, id)).ShouldBe([1, 2, 3]);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Whose_lease_is_over_is_whoevers_comes(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, s_over, s_over);

        (await Taken(house, id)).ShouldBe([1, 2]);
        (await Taken(house, id)).ShouldBeEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task That_another_has_taken_is_left_to_it_with_all_it_has_not_got_to_yet(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);

        (await Taken(house, await Written(house, s_others, s_others))).ShouldBeEmpty();
        (await Taken(house, await Written(house, s_others, s_own))).ShouldBeEmpty();
        (await Taken(house, await Written(house, s_others, s_over))).ShouldBeEmpty();
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_taken_without_the_message_that_is_parked(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);
        var id = await Written(house, s_parked, s_over, s_parked, s_over);

        (await Taken(house, id)).ShouldBe([2, 4]);
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_taken_once_by_many_who_come_at_once(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);
        var ids = new List<Guid>();
        for (var outbox = 0; outbox < 20; outbox++)
            ids.Add(await Written(house, s_over, s_over, s_over));

        // The sweep takes the first two of each and has the third with them.
        var sweeps = Enumerable.Range(0, 4)
            .Select(_ => house.Read(db => OutboxModel.For(db).Outbox.ClaimAsync(db, 20, 2, s_now, s_now + Lease, CancellationToken.None)));
        var askers = ids.Select(id => house.Read(db => Claim(db, id)));
        var taken = (await Task.WhenAll(sweeps.Concat(askers))).Select(messages => messages.GroupBy(message => message.OutboxId))
            .SelectMany(outboxes => outboxes);

        taken.GroupBy(outbox => outbox.Key).ShouldAllBe(takers => takers.Count() == 1);
        taken.Select(outbox => outbox.Key).Order().ShouldBe(ids.Order());
    }

    [Theory, InlineData(TestInfrastructure.Servers), InlineData(TestInfrastructure.Embedded)]
    public async Task Is_let_go_of_by_its_owner_only(TestInfrastructure ground)
    {
        await using var house = await Quiet(ground);
        var mine = await Written(house, s_own, s_own, s_parked, s_own);
        var theirs = await Written(house, s_own + Lease, s_own + Lease);

        await Release(house, mine);
        await Release(house, theirs);

        (await Locks(house, mine)).ShouldBe([s_now, s_now, s_parked, s_now]);
        (await Locks(house, theirs)).ShouldAllBe(until => until > s_own);
    }

    private static Task<MessagingTestHost> Quiet(TestInfrastructure ground) => MessagingTestHost.On(ground);

    private static async Task<Guid> Written(MessagingTestHost house, params DateTime[] locks)
    {
        var id = NewId.NextSequentialGuid();
        await house.Read(db =>
        {
            db.AddRange(locks.Select((until, index) =>
                new OutboxMessage { OutboxId = id, SequenceNumber = index + 1, MessageId = NewId.NextGuid(), SentTime = s_now, LockedUntil = until }));
            return db.SaveChangesAsync();
        });
        return id;
    }

    private static async Task<IEnumerable<long>> Taken(MessagingTestHost house, Guid id) =>
        (await house.Read(db => Claim(db, id))).Select(message => message.SequenceNumber);

    private static Task<List<OutboxMessage>> Claim(ShopDbContext db, Guid id) =>
        OutboxModel.For(db).Outbox.ClaimAsync(db, id, s_own, s_now, s_now + Lease, CancellationToken.None);

    private static Task<List<DateTime>> Locks(MessagingTestHost house, Guid id) => house.Read(db =>
        db.Outbox.AsNoTracking().Where(message => message.OutboxId == id).OrderBy(message => message.SequenceNumber).Select(message => message.LockedUntil)
            .ToListAsync());

    private static Task Release(MessagingTestHost house, Guid id) => house.Read(async db =>
    {
        await db.Database.OpenConnectionAsync();
        await OutboxModel.For(db).Outbox.ReleaseAsync(db, id, from: 1, s_own, s_now, CancellationToken.None);
        return 0;
    });
}
