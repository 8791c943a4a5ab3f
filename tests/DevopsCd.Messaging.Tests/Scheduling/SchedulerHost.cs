using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Messaging.Tests.Scheduling;

/// <summary>One process's worth of scheduler and bus: in memory, or on real PostgreSQL and RabbitMQ.</summary>
public sealed class SchedulerHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly DirectoryInfo? _directory;

    private SchedulerHost(IHost host, DirectoryInfo? directory)
    {
        _host = host;
        _directory = directory;
    }

    public IServiceProvider Services => _host.Services;

    public Received Received => Services.GetRequiredService<Received>();

    public IBus Bus => Services.GetRequiredService<IBus>();

    public static async Task<SchedulerHost> InMemory(
        Action<IServiceCollection>? services = null,
        Action<IBusRegistrationConfigurator>? bus = null,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? factory = null)
    {
        var directory = Directory.CreateTempSubdirectory("reminders-");
        var host = Build(
            options => options.UseInMemory(),
            db => db.UseSqlite($"Data Source={directory.FullName}/reminders.db"),
            (x, configure) => x.UsingInMemory((context, cfg) =>
            {
                configure(context, cfg);
                cfg.ConfigureEndpoints(context);
            }),
            services, bus, factory);
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ReminderDb>().Database.EnsureCreatedAsync();
        return await Start(host, directory);
    }

    public static async Task<SchedulerHost> OnServers(
        string postgres,
        Uri rabbit,
        Action<QuartzMessageSchedulerOptions>? options = null,
        Action<IServiceCollection>? services = null,
        Action<IBusRegistrationConfigurator>? bus = null,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? factory = null)
    {
        var host = Build(
            o =>
            {
                o.UsePostgres(postgres);
                options?.Invoke(o);
            },
            db => db.UseNpgsql(postgres),
            (x, configure) => x.UsingRabbitMq((context, cfg) =>
            {
                cfg.Host(rabbit);
                configure(context, cfg);
                cfg.ConfigureEndpoints(context);
            }),
            services, bus, factory);
        return await Start(host, null);
    }

    public async Task InScope(Func<IServiceProvider, Task> work)
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        if (_directory is null)
            return;
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    private static async Task<SchedulerHost> Start(IHost host, DirectoryInfo? directory)
    {
        await host.StartAsync();
        return new SchedulerHost(host, directory);
    }

    private static void ConfigureSaga(IRegistrationConfigurator configurator) =>
        configurator.AddSagaStateMachine<ReminderStateMachine, Reminder>()
            .EntityFrameworkRepository(repository => repository.ExistingDbContext<ReminderDb>());

    private static IHost Build(
        Action<QuartzMessageSchedulerOptions> store,
        Action<DbContextOptionsBuilder> database,
        Action<IBusRegistrationConfigurator, Action<IBusRegistrationContext, IBusFactoryConfigurator>> transport,
        Action<IServiceCollection>? services,
        Action<IBusRegistrationConfigurator>? bus,
        Action<IBusRegistrationContext, IBusFactoryConfigurator>? factory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new TestLogProvider());
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        // What is published before the queues are bound is lost: RabbitMQ confirms it and drops it.
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(host => host.WaitUntilStarted = true);
        builder.Services.AddSingleton<Received>();
        builder.Services.AddDbContext<ReminderDb>(database);
        builder.Services.AddQuartzMessageStore(store);
        builder.Services.AddMediator(x =>
        {
            ConfigureSaga(x);
            x.ConfigureMediator((context, mediator) => mediator.UseTransactionalQuartzScheduler(context));
        });
        builder.Services.AddMassTransit(x =>
        {
            x.AddTransactionalQuartzScheduler<ReminderDb>();
            x.AddConsumer<PingedConsumer>();
            ConfigureSaga(x);
            x.AddEntityFrameworkOutbox<ReminderDb>(outbox => outbox.UseBusOutbox());
            x.AddConfigureEndpointsCallback((context, name, endpoint) =>
            {
                if (name == "Reminder")
                    endpoint.UseEntityFrameworkOutbox<ReminderDb>(context);
            });
            bus?.Invoke(x);
            transport(x, (context, cfg) =>
            {
                if (factory is null)
                    cfg.UseTransactionalQuartzScheduler(context);
                else
                    factory(context, cfg);
            });
        });
        services?.Invoke(builder.Services);
        return builder.Build();
    }
}
