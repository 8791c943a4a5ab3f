using System.Text;
using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Parking;
using DevopsCd.Host.Access;
using DevopsCd.Host.Broker;
using DevopsCd.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The broker room on a real RabbitMQ and PostgreSQL, with small consumers on the queue <c>small</c>.</summary>
internal sealed class BrokerHost : IAsyncDisposable
{
    // A host that has just started on a busy machine needs more than one at work.
    private const int Patience = 30;

    private readonly IHost _host;

    private BrokerHost(RabbitVirtualHost server, PostgresDatabase database, TcpRelay toDatabase, IHost host)
    {
        Server = server;
        Database = database;
        ToDatabase = toDatabase;
        _host = host;
    }

    public RabbitVirtualHost Server { get; }

    public PostgresDatabase Database { get; }

    /// <summary>The host's way to the database.</summary>
    public TcpRelay ToDatabase { get; }

    public IServiceProvider Services => _host.Services;

    public Taken Taken => _host.Services.GetRequiredService<Taken>();

    public static async Task<BrokerHost> Start(params (string Key, string Value)[] settings)
    {
        var server = await RabbitVirtualHost.CreateAsync();
        var database = await PostgresDatabase.CreateAsync();
        var relay = TcpRelay.To(database);
        await using (var db = Context(database.ConnectionString))
            await db.Database.EnsureCreatedAsync();
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration["core:transport"] = "rabbitmq";
        builder.Configuration["core:rabbitmq:url"] = server.Uri.ToString();
        // What most tests publish names no user; those about rights switch it on again.
        builder.Configuration["core:rabbitmq:require_user_id"] = "false";
        foreach (var (key, value) in settings)
            builder.Configuration[key] = value;

        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Taken>();
        builder.Services.AddDbContext<CdDbContext, PostgresCdDbContext>(o => CdDbContextOptions.UsePostgres(o, database.Through(relay)));
        builder.Services.AddAccess(new AccessOptions());
        builder.Services.AddSingleton(new AuthOptions());
        builder.Services.AddParking(new RetentionOptions());
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
        return new BrokerHost(server, database, relay, host);
    }

    public Task Publish(
        string exchange, byte[] body, string? contentType = "application/json", string? messageId = null, string? userId = null,
        string routingKey = "", params (string Key, string Value)[] headers) => Server.PublishAsync(
            exchange,
            body,
            properties =>
            {
                if (contentType is not null)
                    properties.ContentType = contentType;
                if (messageId is not null)
                    properties.MessageId = messageId;
                if (userId is not null)
                    properties.UserId = userId;
                if (headers.Length > 0)
                    properties.Headers = headers.ToDictionary(h => h.Key, h => (object?)h.Value);
            },
            routingKey,
            mandatory: true);

    public Task Publish(string contract, string json) => Publish($"DevopsCd.Contracts:{contract}", Encoding.UTF8.GetBytes(json));

    public async Task<List<ParkedMessage>> Parked()
    {
        await using var db = Context(Database.ConnectionString);
        return await db.Set<ParkedMessage>().AsNoTracking().OrderBy(m => m.Id).ToListAsync();
    }

    public async Task<ParkedMessage> UntilParked(int count = 1, int seconds = Patience)
    {
        await Until(async () => (await Parked()).Count >= count, "the message is parked", seconds);
        return (await Parked())[count - 1];
    }

    public Task UntilTaken(Func<Taking, bool> wanted, int seconds = Patience) =>
        Until(() => Task.FromResult(Taken.All.Any(wanted)), "the message is taken", seconds);

    public Task Until(Func<Task<bool>> fact, string what, int seconds = Patience) => Eventually.IsTrue(fact, what, TimeSpan.FromSeconds(seconds));

    private static PostgresCdDbContext Context(string connectionString) =>
        new((DbContextOptions<PostgresCdDbContext>)CdDbContextOptions.UsePostgres(
            new DbContextOptionsBuilder<PostgresCdDbContext>(), connectionString).Options);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await ToDatabase.DisposeAsync();
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
