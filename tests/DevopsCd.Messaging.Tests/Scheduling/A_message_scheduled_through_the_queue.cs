using System.Text;
using DevopsCd.Testing;
using MassTransit;
using MassTransit.QuartzIntegration;
using MassTransit.Scheduling;
using RabbitMQ.Client;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>What the sender asked of the transport and of the message holds for the message that is sent later.</summary>
public sealed class A_message_scheduled_through_the_queue : IAsyncLifetime
{
    private static readonly Uri s_scheduler = new("queue:quartz");

    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _rabbit = null!;
    private SchedulerHost _node = null!;

    public async ValueTask InitializeAsync()
    {
        (_database, _rabbit) = (await PostgresDatabase.CreateAsync(), await RabbitVirtualHost.CreateAsync());
        _node = await SchedulerHost.OnServers(_database.ConnectionString, _rabbit.Uri, bus: x => x.AddQuartzConsumers());
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _rabbit.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Keeps_priority_routing_key_and_message_id()
    {
        await using var channel = await _rabbit.ChannelAsync(confirms: true);
        await channel.ExchangeDeclareAsync("later", ExchangeType.Fanout, durable: true);
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.QueueBindAsync(queue, "later", "");
        var id = NewId.NextGuid();

        await new MessageScheduler(new EndpointScheduleMessageProvider(() => _node.Bus.GetSendEndpoint(s_scheduler)), _node.Bus.Topology).ScheduleSend(
            new Uri("exchange:later"), TimeProvider.System.GetUtcNow().UtcDateTime, new Pinged { Text = "later" }, Pipe.Execute<SendContext<Pinged>>(context =>
            {
                context.MessageId = id;
                context.TrySetPriority(3);
                context.SetRoutingKey("blue");
            }), TestContext.Current.CancellationToken);

        var arrived = await Eventually.Sees(() => channel.BasicGetAsync(queue, autoAck: true), got => got is not null, "the message is sent");
        arrived!.BasicProperties.Priority.ShouldBe((byte)3);
        arrived.RoutingKey.ShouldBe("blue");
        arrived.BasicProperties.MessageId.ShouldBe(id.ToString());
        Encoding.UTF8.GetString(arrived.Body.Span).ShouldContain("later");
    }

    [Fact]
    public async Task Names_its_schedule_each_time_it_recurs()
    {
        var queue = new Uri(_node.Bus.Address, "Pinged");

        var schedule = await new EndpointRecurringMessageScheduler(await _node.Bus.GetSendEndpoint(s_scheduler), _node.Bus.Topology)
            .ScheduleRecurringSend(queue, new EverySecond(), new Pinged { Text = "again" }, TestContext.Current.CancellationToken);

        var tokens = new[] { await _node.Received.Next(), await _node.Received.Next() }.Select(
            arrival => arrival.Headers[MessageHeaders.SchedulingTokenId].ToString()).ToList();
        tokens[0].ShouldBe(tokens[1]);
        Guid.TryParse(tokens[0], out _).ShouldBeTrue();
        schedule.Schedule.ScheduleId.ShouldBe("every-second");
    }

    [Theory]
    [InlineData(DateTimeKind.Local, 17)]
    [InlineData(DateTimeKind.Utc, 12)]
    [InlineData(DateTimeKind.Unspecified, 12)]
    public void Is_due_when_its_time_says_wherever_the_machine_stands(DateTimeKind kind, int hourInUtc)
    {
        var noonInWinter = new DateTime(2026, 1, 15, 12, 0, 0, kind);

        var due = ScheduledTimes.Of(noonInWinter, TimeZoneInfo.FindSystemTimeZoneById("America/New_York"));

        due.ShouldBe(new DateTimeOffset(2026, 1, 15, hourInUtc, 0, 0, TimeSpan.Zero));
    }
}
