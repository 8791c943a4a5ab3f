using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DevopsCd.Messaging.Chaos;

/// <summary>A process that consumes; made to be cut off and killed.</summary>
internal static class ChaosNode
{
    internal const int Retries = 6;

    internal static async Task<int> Run(string postgres, Uri rabbit)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Critical);
        var connection = new NpgsqlConnectionStringBuilder(postgres) { MaxPoolSize = 30 }.ConnectionString;
        builder.Services.AddDbContext<ChaosDb>(options => options.UseNpgsql(connection));
        builder.Services.AddScoped<PokeActivity>();
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.AddConsumer<EffectConsumer>();
            x.AddSagaStateMachine<AccountStateMachine, Account>().EntityFrameworkRepository(repository => repository.ExistingDbContext<ChaosDb>());
            x.AddEntityFrameworkOutbox<ChaosDb>(outbox =>
            {
                outbox.UsePostgres();
                outbox.QueryDelay = TimeSpan.FromSeconds(1);
                outbox.UseBusOutbox(delivery => delivery.MessageDeliveryTimeout = TimeSpan.FromSeconds(5));
            });
            x.UsingRabbitMq((context, cfg) =>
            {
                cfg.Host(rabbit, host =>
                {
                    host.Heartbeat(TimeSpan.FromSeconds(5));
                    host.RequestedConnectionTimeout(TimeSpan.FromSeconds(5));
                });
                cfg.ReceiveEndpoint("accounts", endpoint =>
                {
                    endpoint.PrefetchCount = 32;
                    endpoint.ConcurrentMessageLimit = 16;
                    endpoint.UseChaosRetry();
                    endpoint.UseEntityFrameworkOutbox<ChaosDb>(context);
                    endpoint.ConfigureSaga<Account>(context);
                });
                cfg.ReceiveEndpoint("effects", endpoint =>
                {
                    endpoint.PrefetchCount = 32;
                    endpoint.ConcurrentMessageLimit = 8;
                    endpoint.UseChaosRetry();
                    endpoint.UseEntityFrameworkOutbox<ChaosDb>(context);
                    endpoint.ConfigureConsumer<EffectConsumer>(context);
                });
            });
        });
        using var host = builder.Build();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => Console.WriteLine("ready"));
        await host.RunAsync();
        return 0;
    }

    /// <summary>
    /// A failure on purpose is retried a few times and then parks the message. A failure of the connections is no fault of the
    /// message, so it is retried for a quarter of an hour.
    /// </summary>
    private static void UseChaosRetry(this IReceiveEndpointConfigurator endpoint)
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(exception => !OnPurpose(exception));
            retry.Interval(2000, TimeSpan.FromMilliseconds(500));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(OnPurpose);
            retry.Immediate(Retries);
        });
    }

    private static bool OnPurpose(Exception exception) =>
        exception is InvalidOperationException { Message: "This event fails on purpose" } || (exception.InnerException is { } inner && OnPurpose(inner));
}
