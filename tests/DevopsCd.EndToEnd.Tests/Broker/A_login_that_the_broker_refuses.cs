using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>A password that is wrong, or is being changed: said by name in one line, and no endpoint is given up for it.</summary>
public sealed class A_login_that_the_broker_refuses
{
    [Fact]
    public async Task At_the_start_is_named_and_tried_again()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var user = await broker.CreateUserAsync(".*", ".*", ".*");
        var (name, password) = (user.UserInfo.Split(':')[0], user.UserInfo.Split(':')[1]);
        await broker.SetPasswordAsync(user, "another");
        await using var relay = TcpRelay.To(broker);
        await using var host = new HostProcess("login",
            HostSettings.On(database.ConnectionString, new UriBuilder(user) { Port = relay.Port }.Uri).With("core__scan_interval", "1s"));
        host.Launch();

        await Eventually.IsTrue(() => Told(host) > 0, "the refusal is told", TimeSpan.FromSeconds(60));
        (await Eventually.Sees(() => Ready(host), text => text.Contains("\"unready\"", StringComparison.Ordinal), "it is unready", TimeSpan.FromSeconds(60)))
            .ShouldContain($"refuses the login of '{name}': look at core:rabbitmq:username and :password");
        await Eventually.IsTrue(() => relay.Accepted > 3, "it has tried again", TimeSpan.FromSeconds(60));
        Told(host).ShouldBe(1, host.LogTail);
        host.LogTail.ShouldNotContain("   at ");
        host.LogTail.ShouldNotContain(password);

        await broker.SetPasswordAsync(user, password);

        await host.UntilReadyAsync();
        await UntilConsumed(broker);
    }

    [Fact]
    public async Task In_the_middle_costs_no_endpoint()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        var user = await broker.CreateUserAsync(".*", ".*", ".*");
        await using var host = await HostProcess.StartNewAsync("rotated", HostSettings.On(database.ConnectionString, user));
        await UntilConsumed(broker);

        await broker.SetPasswordAsync(user, "another");
        await broker.CloseConnectionsAsync();
        (await Eventually.Sees(() => Ready(host), text => text.Contains("refuses the login", StringComparison.Ordinal), "the refusal is told",
            TimeSpan.FromSeconds(60))).ShouldContain("\"degraded\"");
        await broker.SetPasswordAsync(user, user.UserInfo.Split(':')[1]);

        await UntilConsumed(broker);
        await Eventually.Sees(() => Ready(host), text => text.Contains("\"ready\"", StringComparison.Ordinal), "all is well", TimeSpan.FromSeconds(60));
    }

    private static int Told(HostProcess host) => host.LogTail.Split("refuses the login").Length - 1;

    private static async Task<string> Ready(HostProcess host)
    {
        using var answer = await host.Http.GetAsync("health/ready");
        return await answer.Content.ReadAsStringAsync();
    }

    // Asked of the queues themselves: the broker's overview of them is late.
    private static Task UntilConsumed(RabbitVirtualHost broker) => Eventually.IsTrue(async () =>
    {
        var queues = await broker.QueuesAsync();
        await using var channel = await broker.ChannelAsync();
        foreach (var queue in queues.Where(q => !q.Name.Contains("_bus_", StringComparison.Ordinal)))
            if ((await channel.QueueDeclarePassiveAsync(queue.Name)).ConsumerCount == 0)
                return false;
        return queues.Count >= 10;
    }, "every queue has its consumer", TimeSpan.FromSeconds(90));
}
