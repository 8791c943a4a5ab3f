using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>Somebody has made one of the service's queues with other arguments: only a person can put that right.</summary>
public sealed class A_queue_that_was_declared_otherwise
{
    [Fact]
    public async Task Is_named_with_what_is_different_about_it()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var broker = await RabbitVirtualHost.CreateAsync();
        await using (var channel = await broker.ChannelAsync())
            await channel.QueueDeclareAsync("batch", durable: true, exclusive: false, autoDelete: false, cancellationToken: TestContext.Current.CancellationToken);
        await using var host = new HostProcess("declared", HostSettings.On(database.ConnectionString, broker.Uri));
        host.Launch();

        await Eventually.IsTrue(() => host.LogTail.Contains("for queue 'batch'", StringComparison.Ordinal), "the log names it", TimeSpan.FromMinutes(3));
        var ready = await Eventually.Sees(() => ReadyAsync(host), text => text.Contains("refuses what the service declares", StringComparison.Ordinal),
            "the refusal is told", TimeSpan.FromMinutes(3));

        ready.ShouldContain("\"unready\"");
        ready.ShouldContain("inequivalent arg");
        ready.ShouldContain("for queue 'batch'");
    }

    private static async Task<string> ReadyAsync(HostProcess host)
    {
        using var answer = await host.Http.GetAsync("health/ready");
        return await answer.Content.ReadAsStringAsync();
    }
}
