using DevopsCd.DeployService;
using DevopsCd.DeployService.Api;
using DevopsCd.DeployService.Configuration;
using Microsoft.Extensions.Options;
using Serilog;
using Serilog.Formatting.Compact;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Host.UseSerilog((context, logging) => logging
        .MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft.AspNetCore", Serilog.Events.LogEventLevel.Warning)
        .MinimumLevel.Override("System.Net.Http", Serilog.Events.LogEventLevel.Warning)
        .ReadFrom.Configuration(context.Configuration)
        .Enrich.FromLogContext()
        .WriteTo.Console(new CompactJsonFormatter()));
    builder.Services.AddDeployments(builder.Configuration).AddStrategies().AddCallbacks().AddApi();
    builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.AddServerHeader = false);

    var app = builder.Build();
    var limits = app.Services.GetRequiredService<IOptions<DeployServiceOptions>>().Value.Limits;
    app.UseExceptionHandler();
    app.UseStatusCodePages();
    app.Use((context, next) => context.LimitBody(limits.BodyBytes, next));
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.MapService();
    await app.RunAsync();
    return 0;
}
catch (OptionsValidationException wrong)
{
    await Console.Error.WriteLineAsync($"The configuration is wrong:{string.Concat(wrong.Failures.Select(f => $"{Environment.NewLine}- {f}"))}");
    return 2;
}
