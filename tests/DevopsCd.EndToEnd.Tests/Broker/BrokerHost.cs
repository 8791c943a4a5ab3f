using System.Diagnostics;
using System.Text;
using DevopsCd.Core.Data;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Broker;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The broker room on a real RabbitMQ and PostgreSQL, with small consumers on the queue <c>small</c>.</summary>
internal sealed class BrokerHost : IAsyncDisposable
{
    private readonly IHost _host;

    private BrokerHost(RabbitServer server, Database database, IHost host)
    {
        Server = server;
        Database = database;
        _host = host;
    }

    public RabbitServer Server { get; }

    public Database Database { get; }

    public IServiceProvider Services => _host.Services;

    public Taken Taken => _host.Services.GetRequiredService<Taken>();

    public static async Task<BrokerHost> Start(params (string Key, string Value)[] settings)
    {
        var server = await RabbitServer.CreateVhost();
        var database = await Database.Create();
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["core:transport"] = "rabbitmq";
        builder.Configuration["core:rabbitmq:url"] = server.Url;
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Taken>();
        builder.Services.AddDbContext<CdDbContext, PostgresCdDbContext>(o => CdDbContextOptions.UsePostgres(o, database.ConnectionString));
        builder.Services.AddParking();
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddConsumer<SmallConsumer>().Endpoint(e => e.Name = "small");
            bus.AddConsumer<RejectionConsumer>().Endpoint(e => e.Name = "rejections");
            bus.AddBroker(builder.Configuration);
        });
        var host = builder.Build();
        await host.StartAsync();
        (await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(20)))
            .ShouldBe(BusHealthStatus.Healthy);
        return new BrokerHost(server, database, host);
    }

    public async Task Publish(
        string exchange, byte[] body, string? contentType = "application/json", string? messageId = null, string? userId = null,
        string routingKey = "", params (string Key, string Value)[] headers)
    {
        var factory = new ConnectionFactory { Uri = new Uri(Server.Url) };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { Persistent = true };
        if (contentType is not null)
            properties.ContentType = contentType;
        if (messageId is not null)
            properties.MessageId = messageId;
        if (userId is not null)
            properties.UserId = userId;
        if (headers.Length > 0)
            properties.Headers = headers.ToDictionary(h => h.Key, h => (object?)h.Value);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body);
    }

    public Task Publish(string contract, string json) => Publish($"DevopsCd.Contracts:{contract}", Encoding.UTF8.GetBytes(json));

    public async Task<List<ParkedMessage>> Parked()
    {
        await using var db = Database.Context();
        return await db.Set<ParkedMessage>().AsNoTracking().OrderBy(m => m.Id).ToListAsync();
    }

    public async Task<ParkedMessage> UntilParked(int count = 1)
    {
        await Until(async () => (await Parked()).Count >= count, "the message is parked");
        return (await Parked())[count - 1];
    }

    public Task UntilTaken(Func<Taking, bool> wanted) => Until(() => Task.FromResult(Taken.All.Any(wanted)), "the message is taken");

    /// <summary>Asks until it is so, at most five seconds: what I10 promises.</summary>
    public async Task Until(Func<Task<bool>> fact, string what, int seconds = 5)
    {
        var watch = Stopwatch.StartNew();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await fact())
        {
            if (watch.Elapsed > TimeSpan.FromSeconds(seconds))
                throw new TimeoutException(
                    $"{seconds} s and not yet: {what}; parked: {string.Join(" | ", (await Parked()).Select(p => p.Reason))}; taken: {string.Join(" | ", Taken.All)}");
            await tick.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
