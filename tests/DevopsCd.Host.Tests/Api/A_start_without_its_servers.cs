using System.Diagnostics;
using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_start_without_its_servers
{
    // Measured 2 to 8 s where nothing else runs; this leaves a busy machine its time, and is less than the 31 s that it took when it waited for the broker.
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Waits_for_the_database_alive_and_unready_and_goes_on_by_itself()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        await using var relay = TcpRelay.To(database);
        relay.Cut();
        await using var host = new HostProcess("waiting", HostSettings.Embedded()
            .With("core__storage__provider", "postgres")
            .With("core__storage__connection_string", database.Through(relay)));
        host.Launch();

        await Eventually.Sees(() => Status(host, "health/live"), live => live == HttpStatusCode.OK, "the host is alive", TimeSpan.FromSeconds(60));
        await Eventually.IsTrue(() => host.LogTail.Contains("The start waits for the database", StringComparison.Ordinal), "the host says what it waits for",
            TimeSpan.FromSeconds(60));
        (await Status(host, "health/ready")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await Status(host, "api/v1/batches")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        relay.Restore();

        await host.UntilReadyAsync();
        await Eventually.Sees(() => Status(host, "api/v1/batches"), answer => answer == HttpStatusCode.OK, "the host answers", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Ends_soon_when_told_to_while_it_waits_for_the_database()
    {
        await using var host = new HostProcess("ending", HostSettings.Embedded()
            .With("core__storage__provider", "postgres")
            .With("core__storage__connection_string", $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=x"));
        host.Launch();
        await Eventually.Sees(() => Status(host, "health/live"), live => live == HttpStatusCode.OK, "the host is alive", TimeSpan.FromSeconds(60));

        await Ends(host);
    }

    [Fact]
    public async Task Ends_soon_when_told_to_while_the_broker_is_away()
    {
        await using var host = new HostProcess("brokerless", HostSettings.Embedded()
            .With("core__transport", "rabbitmq")
            .With("core__rabbitmq__url", $"amqp://127.0.0.1:{FreePort.Next()}/"));
        host.Launch();
        await Eventually.IsTrue(() => host.LogTail.Contains("Not connected to the broker: the broker", StringComparison.Ordinal),
            "the host looks for the broker",
            TimeSpan.FromSeconds(90));
        // What waits for the broker does not hold it up either. A busy machine may answer the first ones late.
        var api = new CdApi(host.Http);
        await Eventually.Sees(() => api.AddApplication("web-shop"), answer => !answer.IsUnavailable, "an application is there", TimeSpan.FromSeconds(60));
        await Eventually.Sees(() => api.CreateBatch("a release", null, ["web-shop"]), answer => !answer.IsUnavailable, "a batch is there",
            TimeSpan.FromSeconds(60));

        await Ends(host);
    }

    private static async Task Ends(HostProcess host)
    {
        var watch = Stopwatch.StartNew();
        (await host.StopAsync(TimeSpan.FromSeconds(60))).ShouldBe(0, host.LogTail);
        watch.Elapsed.ShouldBeLessThan(s_end);
    }

    private static async Task<HttpStatusCode> Status(HostProcess host, string path)
    {
        if (!host.IsRunning)
            throw new HopelessException($"the host has ended:{Environment.NewLine}{host.LogTail}");
        using var answer = await host.Http.GetAsync(path);
        return answer.StatusCode;
    }
}
