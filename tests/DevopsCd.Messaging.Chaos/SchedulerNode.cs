using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevopsCd.Messaging.Chaos;

/// <summary>A process that does nothing but fire what is scheduled; made to be killed.</summary>
internal static class SchedulerNode
{
    internal static async Task<int> Run(string postgres, Uri rabbit)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddQuartzMessageStore(options => options.UsePostgres(postgres));
        builder.Services.AddMassTransit(x =>
        {
            x.DisableUsageTelemetry();
            x.UsingRabbitMq((context, cfg) => cfg.Host(rabbit));
        });
        using var host = builder.Build();
        host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => Console.WriteLine("ready"));
        await host.RunAsync();
        return 0;
    }
}
