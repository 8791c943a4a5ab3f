using System.Text;
using DevopsCd.Contracts;
using DevopsCd.Core.Parking;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace DevopsCd.EndToEnd.Tests.Broker;

public sealed class A_message_that_can_never_work
{
    private const string Id = "7d9f6f0e-3f0b-4c39-9a55-0b7a1c2d3e4f";

    public static TheoryData<string, string, string> Broken => new()
    {
        { "malformed JSON", "{\"batchId\":", "not valid JSON" },
        { "nothing", "", "the body is empty" },
        { "a list", "[1,2]", "a JSON list" },
        { "deep nesting", new string('[', 10_000), "not valid JSON" },
        { "no batch id", """{"operator":"ann"}""", "batchId is missing" },
        { "a zero id", """{"batchId":"00000000-0000-0000-0000-000000000000","operator":"ann"}""", "batchId must not be the zero UUID" },
        { "no UUID", """{"batchId":"42","operator":"ann"}""", "batchId must be a UUID" },
        { "everything wrong", """{"batchId":7,"operator":"","expectedVersion":"x"}""",
            "batchId must be a UUID such as 7d9f6f0e-3f0b-4c39-9a55-0b7a1c2d3e4f; operator must not be empty; expectedVersion must be a whole number" },
        { "PascalCase", $$"""{"BatchId":"{{Id}}","operator":"ann"}""", "'BatchId' was sent" },
        { "the same field twice", $$"""{"batchId":"{{Id}}","operator":"ann","operator":"bob"}""", "not valid JSON" },
        { "a zero byte", $$"""{"batchId":"{{Id}}","operator":"an\u0000n"}""", "operator must not contain the character U+0000" },
        { "half a surrogate", $$"""{"batchId":"{{Id}}","operator":"\ud800"}""", "operator must not contain half of a surrogate pair" },
        { "a huge text", $$"""{"batchId":"{{Id}}","operator":"{{new string('a', 300)}}"}""", "operator must have at most 100 characters" },
        { "a negative version", $$"""{"batchId":"{{Id}}","operator":"ann","expectedVersion":-1}""", "expectedVersion must be a whole number" },
        { "2 MiB", new string(' ', 2 * 1024 * 1024), "at most 1048576" },
    };

    [Fact]
    public async Task Is_parked_with_its_reason_while_the_next_one_is_applied()
    {
        await using var broker = await BrokerHost.Start();

        // What is measured is a host at work, not its first message ever.
        await broker.Publish("ApproveBatch", $$"""{"batchId":"{{Id}}","operator":"warm"}""");
        await broker.UntilTaken(t => t.Message is ApproveBatch);
        await broker.Publish("ApproveBatch", "{}");
        await broker.UntilParked();

        const int Promised = 5;
        var expected = 1;
        foreach (var (name, body, reason) in Broken.Select(row => row.Data))
        {
            var good = Guid.CreateVersion7();
            await broker.Publish("ApproveBatch", body);
            await broker.Publish("ApproveBatch", $$"""{"batchId":"{{good}}","operator":"ann"}""");

            await broker.UntilTaken(t => t.Message is ApproveBatch approve && approve.BatchId == good, Promised);
            var parked = await broker.UntilParked(++expected, Promised);
            parked.Reason.ShouldContain(reason, Case.Sensitive, name);
            parked.Queue.ShouldBe("small");
            parked.MessageType.ShouldBe("urn:message:DevopsCd.Contracts:ApproveBatch");
            parked.Status.ShouldBe(ParkedStatus.Parked);
        }

        (await broker.Parked()).Count.ShouldBe(1 + Broken.Count);
        await broker.Until(
            () => Task.FromResult(broker.Taken.All.Count(t => t.Message is CommandRejected) == 1 + Broken.Count), "each rejection is published");
        var rejected = broker.Taken.All.Select(t => t.Message).OfType<CommandRejected>().Single(r => r.Fields.Count == 3);
        rejected.Fields.ShouldBe(["batchId", "operator", "expectedVersion"]);
    }

    [Fact]
    public async Task Keeps_a_body_that_is_too_large_up_to_the_limit()
    {
        await using var broker = await BrokerHost.Start();

        await broker.Publish("ApproveBatch", new string('x', 2 * 1024 * 1024));

        var parked = await broker.UntilParked();
        parked.Truncated.ShouldBeTrue();
        parked.Body.Length.ShouldBe(ParkedMessage.LargestBody);
        parked.BodySize.ShouldBe(2 * 1024 * 1024);
    }

    [Fact]
    public async Task Is_parked_when_its_bytes_type_or_envelope_are_wrong()
    {
        await using var broker = await BrokerHost.Start();
        const string Approve = "DevopsCd.Contracts:ApproveBatch";
        var good = Encoding.UTF8.GetBytes($$"""{"batchId":"{{Id}}","operator":"ann"}""");
        (string Reason, Func<Task> Send)[] cases =
        [
            ("not valid UTF-8", () => broker.Publish(Approve, [.. "{\"operator\":\"ö"u8.ToArray()[..^1]])),
            ("content type 'text/xml'", () => broker.Publish(Approve, good, "text/xml")),
            ("names 'urn:message:Nobody:Knows'", () => broker.Publish(Approve, good, headers: ("MT-MessageType", "urn:message:Nobody:Knows"))),
            ("but it was published to DevopsCd.Contracts:ApproveBatch",
                () => broker.Publish(Approve, good, headers: ("MT-MessageType", "urn:message:DevopsCd.Contracts:RejectBatch"))),
            ("the message type is unknown", () => broker.Publish("", good, routingKey: "small")),
            ("no consumer of queue 'small' handles urn:message:DevopsCd.Contracts:CancelBatch",
                () => broker.Publish("", Encoding.UTF8.GetBytes($$"""{"batchId":"{{Id}}","operator":"ann","reason":"no"}"""), routingKey: "small",
                    headers: ("MT-MessageType", "urn:message:DevopsCd.Contracts:CancelBatch"))),
            ("status must be one of running, success, failed, cancelled", () => broker.Publish("BuildCompleted", Build("\"green\""))),
            ("status must be one of running, success, failed, cancelled", () => broker.Publish("BuildCompleted", Build("1"))),
            ("not a valid envelope", () => broker.Publish(Approve, "{"u8.ToArray(), "application/vnd.masstransit+json")),
            ("the envelope names no messageType", () => broker.Publish(Approve, "{}"u8.ToArray(), "application/vnd.masstransit+json")),
            ("operator is missing", () => broker.Publish(Approve, Envelope($$"""{"batchId":"{{Id}}"}"""), "application/vnd.masstransit+json")),
            ("but it was published to DevopsCd.Contracts:BuildCompleted", () => broker.Publish("DevopsCd.Contracts:BuildCompleted",
                Envelope($$"""{"batchId":"{{Id}}","operator":"ann"}"""), "application/vnd.masstransit+json")),
            ("no queue is bound to exchange 'DevopsCd.Contracts:AcceptBatch'",
                () => broker.Publish("AcceptBatch", $$"""{"batchId":"{{Id}}","operator":"ann"}""")),
        ];

        for (var i = 0; i < cases.Length; i++)
        {
            await cases[i].Send();
            (await broker.UntilParked(i + 1)).Reason.ShouldContain(cases[i].Reason);
        }

        broker.Taken.All.ShouldNotContain(t => !(t.Message is CommandRejected));
    }

    [Fact]
    public async Task Is_parked_when_the_consumer_refuses_it_for_good()
    {
        await using var broker = await BrokerHost.Start();
        broker.Taken.Then = message => message is ApproveBatch ? throw new ArgumentException("no such thing") : Task.CompletedTask;

        await broker.Publish("ApproveBatch", $$"""{"batchId":"{{Id}}","operator":"ann"}""");

        (await broker.UntilParked()).Reason.ShouldBe("the consumer failed: ArgumentException: no such thing");
    }

    [Fact]
    public async Task Is_parked_when_the_broker_gives_it_up()
    {
        await using var broker = await BrokerHost.Start();
        await using var channel = await broker.Server.ChannelAsync(confirms: true);
        await channel.QueueDeclareAsync("poisoned", durable: true, exclusive: false, autoDelete: false, arguments: new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = 2,
            ["x-dead-letter-exchange"] = QueueNames.Dead,
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        });
        await broker.Publish("", "{}"u8.ToArray(), routingKey: "poisoned");

        // Each return to the queue stands for a process that the message killed.
        var returned = 0;
        await broker.Until(
            async () =>
            {
                if (await channel.BasicGetAsync("poisoned", autoAck: false) is not { } delivery)
                    return returned > 2;
                await channel.BasicNackAsync(delivery.DeliveryTag, multiple: false, requeue: true);
                returned++;
                return false;
            },
            "the broker gives it up");

        var parked = await broker.UntilParked();
        parked.Queue.ShouldBe("poisoned");
        parked.Reason.ShouldContain("the broker gave it up (cause: delivery_limit)");
        returned.ShouldBe(3);
    }

    [Fact]
    public async Task Is_parked_in_memory_too()
    {
        await using var host = await BrokerHost.Start(("core:transport", "in-memory"));
        var bus = host.Services.GetRequiredService<IBus>();
        var good = new ApproveBatch { BatchId = Guid.CreateVersion7(), Operator = "ann" };

        await bus.Publish(new ApproveBatch { BatchId = Guid.Empty, Operator = "" }, TestContext.Current.CancellationToken);
        await bus.Publish(good, TestContext.Current.CancellationToken);

        await host.UntilTaken(t => t.Message.Equals(good));
        (await host.UntilParked()).Reason.ShouldBe("ApproveBatch: batchId must not be the zero UUID; operator must not be empty");
    }

    private static string Build(string status) =>
        $$"""{"application":"order","buildNumber":"7","branch":"main","commitId":"abc","imageName":"r/order","imageTag":"7","status":{{status}}}""";

    private static byte[] Envelope(string message) =>
        Encoding.UTF8.GetBytes($$"""{"messageType":["urn:message:DevopsCd.Contracts:ApproveBatch"],"message":{{message}}}""");
}
