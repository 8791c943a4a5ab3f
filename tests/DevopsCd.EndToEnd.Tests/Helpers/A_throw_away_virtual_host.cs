using DevopsCd.Testing;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.EndToEnd.Tests.Helpers;

public sealed class A_throw_away_virtual_host
{
    [Fact]
    public async Task Carries_bytes_with_their_properties()
    {
        await using var host = await RabbitVirtualHost.CreateAsync();
        var queue = await host.TapAsync("Fruit");

        await host.PublishJsonAsync("Fruit", """{"name":"apple"}""", properties => properties.Headers = new Dictionary<string, object?> { ["colour"] = "red" });

        (await host.ReadyAsync(queue)).ShouldBe(1);
        var message = (await host.TakeAsync(queue)).ShouldHaveSingleItem();
        message.Text.ShouldBe("""{"name":"apple"}""");
        message.Properties.ContentType.ShouldBe("application/json");
        message.Header("colour").ShouldBe("red");
        (await host.ReadyAsync(queue)).ShouldBe(0);
        (await host.ReadyAsync("no such queue")).ShouldBeNull();
    }

    [Fact]
    public async Task Puts_back_what_is_only_looked_at()
    {
        await using var host = await RabbitVirtualHost.CreateAsync();
        var queue = await host.TapAsync("Fruit");
        await host.PublishJsonAsync("Fruit", "{}");

        (await host.TakeAsync(queue, keep: true)).Count.ShouldBe(1);

        await Eventually.IsTrue(async () => (await host.TakeAsync(queue)).Count == 1, "the message is back in the queue");
    }

    [Fact]
    public async Task Says_when_nothing_is_bound()
    {
        await using var host = await RabbitVirtualHost.CreateAsync();

        await Should.ThrowAsync<PublishException>(() => host.PublishAsync("amq.fanout", "lost"u8.ToArray(), mandatory: true));
    }

    [Fact]
    public async Task Counts_its_queues_and_closes_its_connections()
    {
        await using var host = await RabbitVirtualHost.CreateAsync();
        var queue = await host.TapAsync("Fruit");
        await host.PublishJsonAsync("Fruit", "{}");
        await using var other =
            await new ConnectionFactory { Uri = host.Uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(TestContext.Current.CancellationToken);

        await Eventually.Sees(host.QueuesAsync, queues => queues.Any(each => each.Name == queue && each.Ready == 1), "the queue is counted with its message");
        (await host.CloseConnectionsAsync(atLeast: 2)).ShouldBe(2);

        await Eventually.IsTrue(() => !other.IsOpen, "the other connection is closed");
        (await host.ReadyAsync(queue)).ShouldBe(1);
    }

    [Fact]
    public async Task Gives_a_user_only_the_rights_he_was_given()
    {
        await using var host = await RabbitVirtualHost.CreateAsync();
        var queue = await host.TapAsync("Fruit");
        var address = await host.CreateUserAsync(configure: "^$", write: "^Fruit$", read: "^$");
        await using var connection =
            await new ConnectionFactory { Uri = address, AutomaticRecoveryEnabled = false }.CreateConnectionAsync(TestContext.Current.CancellationToken);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), TestContext.Current.CancellationToken);

        await channel.BasicPublishAsync("Fruit", "", true, "pear"u8.ToArray(), TestContext.Current.CancellationToken);
        var refusal = await Should.ThrowAsync<OperationInterruptedException>(() => channel.BasicGetAsync(queue, true, TestContext.Current.CancellationToken));

        refusal.ShutdownReason!.ReplyCode.ShouldBe((ushort)403);
        (await host.TakeAsync(queue)).ShouldHaveSingleItem().Text.ShouldBe("pear");
    }
}
