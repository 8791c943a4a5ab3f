using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Wolverine;
using Wolverine.Postgresql;
using Wolverine.RabbitMQ;

namespace DevopsCd.Bench;

/// <summary>Wolverine with its PostgreSQL inbox and outbox on every endpoint.</summary>
internal sealed class WolverineContestant : Contestant
{
    private IHost _host = null!;

    public override async Task Start(string postgres, Uri rabbit)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        var database = NpgsqlDataSource.Create(Options.Database(postgres));
        builder.Services.AddSingleton(database);
        builder.UseWolverine(options =>
        {
            options.PersistMessagesWithPostgresql(database, "wolverine");
            options.UseRabbitMq(rabbit).AutoProvision();
            options.Policies.UseDurableOutboxOnAllSendingEndpoints();
            options.ListenToRabbitQueue("bench").PreFetchCount(Options.Prefetch).MaximumParallelMessages(Options.Concurrency).UseDurableInbox();
            options.PublishMessage<Advance>().ToRabbitQueue("bench");
            options.PublishMessage<Finished>().ToRabbitQueue("finished");
        });
        _host = builder.Build();
        await _host.StartAsync();
    }

    public override async Task Publish(Advance message)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().PublishAsync(message);
    }

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
