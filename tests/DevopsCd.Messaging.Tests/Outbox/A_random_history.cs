using System.Collections.Concurrent;
using System.Globalization;
using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using Microsoft.EntityFrameworkCore;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>
/// Random moves of some parcels, with copies, stumbles and failures, while connections are cut and instances come and go. A run is
/// replayed by its seed: <c>DEVOPSCD_RANDOM_SEED</c>; <c>DEVOPSCD_RANDOM_MESSAGES</c> makes it longer.
/// </summary>
public sealed class A_random_history
{
    private const int Parcels = 12;

    [Fact]
    public async Task Applies_every_message_once_or_parks_it()
    {
        var seed = Setting("DEVOPSCD_RANDOM_SEED", 20261124);
        var messages = Setting("DEVOPSCD_RANDOM_MESSAGES", 400);
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, Patient);
        var others = new ConcurrentStack<MessagingTestHost>([await MessagingTestHost.On(TestInfrastructure.Servers, Patient, neighbour: house)]);
        var parcels = Enumerable.Range(0, Parcels).Select(_ => NewId.NextGuid()).ToList();
        foreach (var parcel in parcels)
            await house.Mediator.Send(new RegisterParcel { ParcelId = parcel });
        var random = new Random(seed);
        var history = Enumerable.Range(0, messages).Select(_ => Move.Any(random, parcels)).ToList();

        for (var next = 0; next < history.Count; next++)
        {
            var copies = random.Next(10) < 3 ? 1 + random.Next(3) : 1;
            for (var copy = 0; copy < copies; copy++)
                await Publish(house, history[next]);
            if (next > 0 && random.Next(10) == 0)
                await Publish(house, history[random.Next(next)]);
            if (next % 80 == 40)
                await Disturb(random.Next(4), house, others);
        }

        var good = history.Where(move => move.Mode != "fail").ToList();
        await Eventually.Sees(() => house.Read(db => db.ParcelEvents.CountAsync(row => row.MessageId != null && row.Text.StartsWith("Move"))),
            applied => applied >= good.Count, $"{good.Count} moves applied (seed {seed})", TimeSpan.FromSeconds(120));
        await Eventually.Sees(house.Rabbit!.QueuesAsync, queues => queues.Where(queue => queue.Name is "parcel" or "observer")
            .All(queue => queue is { Ready: 0, Unacked: 0 }), "queues at rest", TimeSpan.FromSeconds(60));
        await house.UntilOutboxIsEmpty();

        var applied = await house.Read(
            db => db.ParcelEvents.AsNoTracking().Where(row => row.Text.StartsWith("Move")).Select(row => row.MessageId!.Value).ToListAsync());
        applied.Order().ShouldBe(good.Select(move => move.MessageId).Order(), $"seed {seed}");
        var parked = (await house.Rabbit.TakeAsync("parcel_error", most: 10_000, keep: true)).Select(message => message.Properties.MessageId ?? "").ToHashSet();
        parked.ShouldBe(history.Where(move => move.Mode == "fail").Select(move => move.MessageId.ToString()).ToHashSet(), ignoreOrder: true);
        foreach (var parcel in parcels)
            (await house.Parcel(parcel)).ShouldNotBeNull().Moves.ShouldBe(good.Count(move => move.ParcelId == parcel), $"seed {seed}");
        var told = house.Script.Moved.Concat(others.SelectMany(other => other.Script.Moved)).Concat(Gone.SelectMany(gone => gone.Moved))
            .Select(moved => (moved.ParcelId, moved.Moves)).ToHashSet();
        told.Count.ShouldBe(good.Count + Parcels, $"seed {seed}");
        foreach (var other in others)
            await other.DisposeAsync();
    }

    private ConcurrentBag<Script> Gone { get; } = [];

    private static void Patient(HouseOptions options)
    {
        options.Relays = true;
        options.Concurrency = 8;
        options.Retry = retry =>
        {
            // The test's own failure is final; whatever a cut connection throws is not.
            retry.Interval(30, TimeSpan.FromMilliseconds(100));
            retry.Ignore<InvalidOperationException>(failure =>
                failure.Message.StartsWith("The test wants", StringComparison.Ordinal) && failure.Message.Contains("every time", StringComparison.Ordinal));
            retry.Ignore<EventExecutionException>(failure => failure.GetBaseException().Message.Contains("every time", StringComparison.Ordinal));
        };
    }

    private async Task Disturb(int kind, MessagingTestHost house, ConcurrentStack<MessagingTestHost> others)
    {
        switch (kind)
        {
            case 0:
                await house.Postgres!.TerminateConnectionsAsync();
                break;
            case 1:
                house.PostgresRelay!.Reset();
                break;
            case 2:
                house.RabbitRelay!.Reset();
                break;
            default:
                if (others.TryPop(out var old))
                {
                    Gone.Add(old.Script);
                    await old.DisposeAsync();
                }
                others.Push(await MessagingTestHost.On(TestInfrastructure.Servers, Patient, neighbour: house));
                break;
        }
    }

    private static async Task Publish(MessagingTestHost house, Move move)
    {
        var body = $$"""{ "messageId": "{{move.MessageId}}", "messageType": ["{{MessageUrn.ForTypeString<MoveParcel>()}}"], "message": { "parcelId": "{{move.ParcelId}}", "mode": "{{move.Mode}}" } }""";
        await Eventually.IsTrue(async () =>
        {
            try
            {
                await house.Rabbit!.PublishJsonAsync("parcel", body, properties =>
                {
                    properties.ContentType = "application/vnd.masstransit+json";
                    properties.MessageId = move.MessageId.ToString();
                });
                return true;
            }
            catch (OperationInterruptedException)
            {
                return false;
            }
        }, "the broker took the message");
    }

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : standard;

    private sealed record Move(Guid MessageId, Guid ParcelId, string Mode)
    {
        public static Move Any(Random random, List<Guid> parcels) =>
            new(NewId.NextGuid(), parcels[random.Next(parcels.Count)], random.Next(20) switch { 0 => "fail", 1 or 2 => "stumble", _ => "" });
    }
}
