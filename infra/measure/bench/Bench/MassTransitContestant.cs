using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DevopsCd.Bench;

/// <summary>A saga of DevopsCd.Messaging, behind its outbox or behind MassTransit's in-memory one.</summary>
internal sealed class MassTransitContestant(bool durable) : Contestant
{
    private IHost _host = null!;
    private IBus _bus = null!;

    public override async Task Start(string postgres, Uri rabbit)
    {
        var connection = Options.Database(postgres);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
        builder.Services.AddDbContextPool<BenchDb>(options => options.UseNpgsql(connection));
        builder.Services.AddScoped<AdvanceActivity>();
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddSagaStateMachine<BenchStateMachine, BenchSaga>().EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<BenchDb>();
                repository.UsePostgres();
            });
            if (durable)
                x.AddEntityFrameworkOutbox<BenchDb>(outbox =>
                {
                    outbox.UsePostgres();
                    outbox.UseBusOutbox();
                });
            x.UsingRabbitMq((context, cfg) =>
            {
                cfg.Host(rabbit);
                cfg.ReceiveEndpoint("bench", endpoint =>
                {
                    endpoint.PrefetchCount = Options.Prefetch;
                    endpoint.ConcurrentMessageLimit = Options.Concurrency;
                    endpoint.UseMessageRetry(retry => retry.Immediate(10));
                    if (durable)
                        endpoint.UseEntityFrameworkOutbox<BenchDb>(context);
                    else
                        endpoint.UseInMemoryOutbox(context);
                    endpoint.ConfigureSaga<BenchSaga>(context);
                });
            });
        });
        _host = builder.Build();
        await using (var scope = _host.Services.CreateAsyncScope())
        {
            try
            {
                await scope.ServiceProvider.GetRequiredService<BenchDb>().GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.DuplicateTable)
            {
                // Left there by the first part of the same run.
            }
        }

        await _host.StartAsync();
        _bus = _host.Services.GetRequiredService<IBus>();
    }

    public override Task Publish(Advance message) => _bus.Publish(message);

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
