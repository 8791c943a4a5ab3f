using DevopsCd.DeployService;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Configuration;
using DevopsCd.Shared;
using DevopsCd.Shared.Http;
using Serilog;
using Serilog.Formatting.Compact;

IHostApplicationLifetime? lifetime = null;
List<IHostedService> services = [];
try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Host.UseSerilog((context, logging) => logging
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft.AspNetCore", Serilog.Events.LogEventLevel.Warning)
        .MinimumLevel.Override("System.Net.Http", Serilog.Events.LogEventLevel.Warning)
        .WithoutFailedStart()
        .ReadFrom.Configuration(context.Configuration)
        .Enrich.FromLogContext()
        .WriteTo.Queued(to => to.Console(new PrintableJson(new CompactJsonFormatter()))));
    var settings = DeployServiceOptions.Read(builder.Configuration);
    builder.Services.AddDeployments(settings).AddStrategies().AddCallbacks().AddApi(builder.Configuration);
    builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.AddServerHeader = false);

    var app = builder.Build();
    lifetime = app.Lifetime;
    app.UseExceptionHandler();
    app.UseStatusCodePages();
    app.UseMiddleware<HeadRequests>();
    app.UseRouting();
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    // Not a byte of a body is taken in before it is known whose it is and that it is not one too many.
    app.Use((context, next) => context.TakeBodyAsync(settings.Limits, next));
    app.MapService();
    services = app.Services.GetServices<IHostedService>().ToList();
    await app.RunAsync();
    return await BackgroundFailure.TellAsync("The deploy service", services);
}
catch (WrongConfigurationException wrong)
{
    await Console.Error.WriteLineAsync(wrong.Message);
    return StartFailure.ExitCode;
}
catch (OperationCanceledException) when (lifetime?.ApplicationStopping.IsCancellationRequested == true)
{
    // Told to end before the start was over, by somebody or by the death of a background service.
    return await BackgroundFailure.TellAsync("The deploy service", services);
}
catch (Exception e) when (e is not HostAbortedException && lifetime?.ApplicationStarted.IsCancellationRequested != true)
{
    await Console.Error.WriteLineAsync(StartFailure.Explain("The deploy service", e));
    return StartFailure.ExitCode;
}
