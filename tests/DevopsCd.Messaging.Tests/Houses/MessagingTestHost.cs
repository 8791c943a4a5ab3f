using System.Collections.Concurrent;
using DevopsCd.Testing;
using MassTransit.Mediator;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DevopsCd.Messaging.Tests.Houses;

/// <summary>
/// A small application with everything the product uses of DevopsCd.Messaging: a scripted consumer and a saga behind the outbox, the same
/// saga on the mediator, the bus outbox, and an observer that sees what comes out.
/// </summary>
internal sealed class MessagingTestHost : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _foundation = [];
    private readonly List<IHostedService> _running = [];
    private ServiceProvider _services = null!;
    private string? _file;

    private MessagingTestHost(TestInfrastructure ground) => Ground = ground;

    public TestInfrastructure Ground { get; }

    public Script Script { get; } = new();

    public ConcurrentQueue<string> Log { get; } = [];

    public IServiceProvider Services => _services;

    public IBus Bus => _services.GetRequiredService<IBus>();

    public IMediator Mediator => _services.GetRequiredService<IMediator>();

    public PostgresDatabase? Postgres { get; private set; }

    public RabbitVirtualHost? Rabbit { get; private set; }

    public TcpRelay? PostgresRelay { get; private set; }

    public TcpRelay? RabbitRelay { get; private set; }

    public static async Task<MessagingTestHost> On(TestInfrastructure ground, Action<HouseOptions>? configure = null, MessagingTestHost? neighbour = null,
        Func<IServiceProvider, Task>? beforeStart = null)
    {
        var options = new HouseOptions();
        configure?.Invoke(options);
        var house = new MessagingTestHost(ground);
        await house.Build(options, neighbour, beforeStart);
        return house;
    }

    public async Task<T> Read<T>(Func<ShopDbContext, Task<T>> read)
    {
        await using var scope = _services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ShopDbContext>());
    }

    /// <summary>Does something in a scope of its own, as an HTTP request or a job does.</summary>
    public async Task InScope(Func<IServiceProvider, Task> work)
    {
        await using var scope = _services.CreateAsyncScope();
        await work(scope.ServiceProvider);
    }

    public async Task<ISendEndpoint> Endpoint(string queue) => await Bus.GetSendEndpoint(new Uri($"queue:{queue}"));

    /// <summary>Sends to the scripted consumer; the same message id twice is the same message.</summary>
    public async Task Send(Work work, Guid? messageId = null) =>
        await (await Endpoint("work")).Send(work, context => context.MessageId = messageId ?? context.MessageId);

    public Task UntilOutboxIsEmpty() =>
        Eventually.Sees(() => Read(db => db.Outbox.CountAsync()), left => left == 0, "the outbox is empty");

    public Task UntilDone(int count) =>
        Eventually.IsTrue(() => Script.Done.Count >= count, $"{count} Done seen");

    public Task<Parcel?> Parcel(Guid id) => Read(db => db.Parcels.AsNoTracking().SingleOrDefaultAsync(parcel => parcel.CorrelationId == id));

    public Task<Parcel?> UntilParcel(Guid id, Predicate<Parcel?> isThere) =>
        Eventually.Sees(() => Parcel(id), isThere, $"parcel {id} as wanted");

    /// <summary>Ends the hosted services as a host does.</summary>
    public async Task Stop()
    {
        foreach (var service in Enumerable.Reverse(_running))
            await service.StopAsync(CancellationToken.None);
        _running.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await _services.DisposeAsync();
        foreach (var part in Enumerable.Reverse(_foundation))
            await part.DisposeAsync();
        if (_file is not null && Directory.Exists(Path.GetDirectoryName(_file)))
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
        }
    }

    private async Task Build(HouseOptions options, MessagingTestHost? neighbour, Func<IServiceProvider, Task>? beforeStart)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new TestLog(Log)).SetMinimumLevel(LogLevel.Information));
        services.AddSingleton(Script);
        await AddDatabase(services, options, neighbour);
        if (Ground == TestInfrastructure.Servers)
        {
            Rabbit = neighbour?.Rabbit ?? Keep(await RabbitVirtualHost.CreateAsync());
            if (options.Relays)
                RabbitRelay = Keep(TcpRelay.To(Rabbit));
        }

        services.AddMediator(mediator =>
        {
            mediator.AddSagaStateMachine<ParcelStateMachine, Parcel>().EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<ShopDbContext>();
                options.Repository?.Invoke(repository);
            });
        });
        services.AddMassTransit(bus =>
        {
            bus.AddConsumer<WorkConsumer>();
            bus.AddConsumer<Observer>();
            bus.AddSagaStateMachine<ParcelStateMachine, Parcel>().EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<ShopDbContext>();
                options.Repository?.Invoke(repository);
            });
            bus.AddEntityFrameworkOutbox<ShopDbContext>(outbox =>
            {
                outbox.QueryDelay = TimeSpan.FromMilliseconds(500);
                outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromSeconds(2));
                options.Outbox?.Invoke(outbox);
            });
            options.Bus?.Invoke(bus);
            if (Ground == TestInfrastructure.Servers)
                bus.UsingRabbitMq((context, transport) =>
                {
                    transport.Host(RabbitRelay is null ? Rabbit!.Uri : Rabbit!.Through(RabbitRelay));
                    Endpoints(context, transport, options);
                });
            else
                bus.UsingInMemory((context, transport) => Endpoints(context, transport, options));
        });
        services.Configure<MassTransitHostOptions>(host =>
        {
            host.WaitUntilStarted = true;
            host.StopTimeout = TimeSpan.FromSeconds(10);
            host.ConsumerStopTimeout = TimeSpan.FromSeconds(2);
        });
        options.Services?.Invoke(services);

        _services = services.BuildServiceProvider();
        if (neighbour is null)
            await InScope(scope => scope.GetRequiredService<ShopDbContext>().Database.EnsureCreatedAsync());
        if (beforeStart is not null)
            await InScope(beforeStart);
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            _running.Add(service);
        }
    }

    private static void Endpoints(IBusRegistrationContext context, IBusFactoryConfigurator transport, HouseOptions options)
    {
        options.Endpoints?.Invoke(context, transport);
        transport.ReceiveEndpoint("work", endpoint =>
        {
            endpoint.PrefetchCount = options.Concurrency;
            endpoint.ConcurrentMessageLimit = options.Concurrency;
            endpoint.UseMessageRetry(options.Retry);
            endpoint.UseEntityFrameworkOutbox<ShopDbContext>(context);
            endpoint.ConfigureConsumer<WorkConsumer>(context);
        });
        transport.ReceiveEndpoint("parcel", endpoint =>
        {
            endpoint.PrefetchCount = options.Concurrency;
            endpoint.ConcurrentMessageLimit = options.Concurrency;
            endpoint.UseMessageRetry(options.Retry);
            endpoint.UseEntityFrameworkOutbox<ShopDbContext>(context);
            endpoint.ConfigureSaga<Parcel>(context);
        });
        transport.ReceiveEndpoint("observer", endpoint =>
        {
            endpoint.PrefetchCount = options.ObserverConcurrency;
            endpoint.ConcurrentMessageLimit = options.ObserverConcurrency;
            endpoint.ConfigureConsumer<Observer>(context);
        });
    }

    private async Task AddDatabase(ServiceCollection services, HouseOptions options, MessagingTestHost? neighbour)
    {
        if (Ground == TestInfrastructure.Servers)
        {
            Postgres = neighbour?.Postgres ?? Keep(await PostgresDatabase.CreateAsync());
            if (options.Relays)
                PostgresRelay = Keep(TcpRelay.To(Postgres));
            var connection = new NpgsqlConnectionStringBuilder(PostgresRelay is null ? Postgres.ConnectionString : Postgres.Through(PostgresRelay))
            {
                MaxPoolSize = 60,
                Timeout = 5,
                CommandTimeout = 10,
            };
            services.AddDbContext<ShopDbContext, PostgresShopDbContext>(db => db.UseNpgsql(connection.ConnectionString));
        }
        else
        {
            _file = neighbour?._file ?? Path.Combine(Directory.CreateTempSubdirectory("house-").FullName, "shop.db");
            services.AddDbContext<ShopDbContext, SqliteShopDbContext>(db => db.UseSqlite($"Data Source={_file}"));
        }
    }

    private T Keep<T>(T part)
        where T : IAsyncDisposable
    {
        _foundation.Add(part);
        return part;
    }
}
