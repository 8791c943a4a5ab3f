using DevopsCd.Messaging.Tests.Houses;
using DevopsCd.Testing;
using MassTransit.EntityFrameworkCoreIntegration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Messaging.Tests.Outbox;

/// <summary>The connection stays open and nothing comes through: the bus still takes itself for healthy.</summary>
public sealed class A_broker_that_is_silent
{
    [Fact]
    public async Task Is_waited_for_and_nothing_is_parked_however_many_sends_time_out()
    {
        await using var house = await MessagingTestHost.On(TestInfrastructure.Servers, options =>
        {
            options.Relays = true;
            options.Outbox = outbox => outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromMilliseconds(300));
        });
        house.RabbitRelay!.Swallow();
        await house.InScope(async scope =>
        {
            var publish = scope.GetRequiredService<IPublishEndpoint>();
            await publish.Publish(new Done { Number = 1 });
            await publish.Publish(new Done { Number = 2 });
            await scope.GetRequiredService<ShopDbContext>().SaveChangesAsync();
        });

        await Eventually.IsTrue(() => house.Log.Count(line => line.Contains("waits for the broker", StringComparison.Ordinal)) > 7,
            "more tries than a refused message gets");

        (await house.Read(db => db.OutboxStates.CountAsync())).ShouldBe(0, "a time-out is no refusal");
        house.RabbitRelay!.Restore();
        await house.UntilOutboxIsEmpty();
        await Eventually.IsTrue(() => house.Script.Done.Select(done => done.Message.Number).Distinct().Order().SequenceEqual([1, 2]), "both arrived");
        house.Script.Done.Select(done => done.MessageId).Distinct().Count().ShouldBe(2, "what was sent twice is known by its id");
    }

    [Theory]
    [InlineData(typeof(OperationCanceledException), true)]
    [InlineData(typeof(TimeoutException), true)]
    [InlineData(typeof(IOException), true)]
    [InlineData(typeof(ConnectionException), true)]
    [InlineData(typeof(MessageException), false)]
    [InlineData(typeof(InvalidOperationException), false)]
    public void Has_not_refused_what_it_did_not_answer(Type failure, bool isOutage)
    {
        var thrown = (Exception)Activator.CreateInstance(failure)!;

        DeliveryOutage.IsOne(thrown).ShouldBe(isOutage);
        DeliveryOutage.IsOne(new InvalidOperationException("wrapped", thrown)).ShouldBe(isOutage);
        DeliveryOutage.IsOne(new AggregateException(new InvalidOperationException(), thrown)).ShouldBe(isOutage);
    }
}
