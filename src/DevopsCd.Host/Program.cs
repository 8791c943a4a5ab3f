using DevopsCd.Core;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Host;
using DevopsCd.Host.Access;
using DevopsCd.Host.Api;
using DevopsCd.Host.Broker;
using DevopsCd.Host.Starting;
using DevopsCd.Host.Ui;
using DevopsCd.Shared;
using MassTransit;
using Serilog;
using Serilog.Formatting.Compact;

IHostApplicationLifetime? lifetime = null;
List<IHostedService> services = [];
try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, WebRootPath = UiSetup.PublishedFiles });
    builder.Services.AddSerilog(log => LogTo(log.Levels(builder.Configuration), builder.Configuration["core:log:format"]));
    var reader = new ConfigurationReader(builder.Configuration);
    reader.Read<LogOptions>(LogOptions.Section);
    BrokerRegistration.Read(reader);
    var auth = AuthOptions.Read(reader);
    var settings = builder.Services.AddCore(reader);
    builder.Services.AddMassTransit(bus =>
    {
        bus.AddEngine();
        bus.AddBroker(builder.Configuration, (context, endpoints) => endpoints.UseEngine(context));
    });
    builder.AddApi();
    builder.AddLogin(auth, settings);
    builder.AddUi();
    builder.AddObservability();
    builder.AddStart();

    var app = builder.Build();
    lifetime = app.Lifetime;
    app.Logger.Doubtful(reader.Doubts);
    app.MapApi();
    app.MapUi();
    app.MapObservability();
    app.Lifetime.ApplicationStarted.Register(() => Welcome.Print(app, settings));
    services = app.Services.GetServices<IHostedService>().ToList();
    await app.RunAsync();
    return await BackgroundFailure.TellAsync("DevopsCd", services);
}
catch (OperationCanceledException) when (lifetime?.ApplicationStopping.IsCancellationRequested == true)
{
    // Told to end before the start was over, by somebody or by the death of a background service.
    return await BackgroundFailure.TellAsync("DevopsCd", services);
}
catch (Exception e) when (e is WrongConfigurationException or StartRefusedException)
{
    await Console.Error.WriteLineAsync(e.Message);
    return StartFailure.ExitCode;
}
catch (Exception e) when (e is not HostAbortedException && lifetime?.ApplicationStarted.IsCancellationRequested != true)
{
    await Console.Error.WriteLineAsync(StartFailure.Explain("DevopsCd", e));
    return StartFailure.ExitCode;
}
finally
{
    await Serilog.Log.CloseAndFlushAsync();
}

static LoggerConfiguration LogTo(LoggerConfiguration log, string? format) =>
    log.WriteTo.Queued(to => to.Console(format == "json" ? new PrintableJson(new RenderedCompactJsonFormatter()) : new PrintableLines()));
