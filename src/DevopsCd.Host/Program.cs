using DevopsCd.Core;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Parking;
using DevopsCd.Host;
using DevopsCd.Host.Api;
using DevopsCd.Host.Broker;
using MassTransit;
using Serilog;
using Serilog.Formatting.Compact;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Services.AddSerilog(log => LogTo(log.Levels(builder.Configuration), builder.Configuration["core:log:format"]));
    var settings = builder.Services.AddCore(builder.Configuration, [.. BrokerRegistration.WrongKeys(builder.Configuration), .. WebhookRegistration.WrongKeys(builder.Configuration)]);
    builder.Services.AddSchedule(settings);
    builder.Services.AddParking();
    builder.Services.AddWebhooks(builder.Configuration);
    builder.Services.AddMassTransit(bus =>
    {
        bus.AddEngine();
        bus.AddBroker(builder.Configuration, (context, endpoints) => endpoints.UseEngine(context));
    });
    builder.AddApi();
    builder.AddObservability();

    var app = builder.Build();
    await SchemaMigration.Migrate(app.Services, CancellationToken.None);
    app.MapApi();
    app.MapObservability();
    app.Lifetime.ApplicationStarted.Register(() => Welcome.Print(app));
    await app.RunAsync();
    return 0;
}
catch (WrongConfiguration e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 2;
}
finally
{
    await Serilog.Log.CloseAndFlushAsync();
}

static LoggerConfiguration LogTo(LoggerConfiguration log, string? format) => format == "json"
    ? log.WriteTo.Console(new RenderedCompactJsonFormatter())
    : log.WriteTo.Console(outputTemplate: "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", formatProvider: System.Globalization.CultureInfo.InvariantCulture);
