using System.Text.Json.Serialization;
using DevopsCd.Host.Broker;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace DevopsCd.Host.Api;

/// <summary>The HTTP side: one line a resource.</summary>
internal static class ApiSetup
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        // Until people log in, nobody outside of this machine gets in unless the configuration says so.
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]) && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = BodyLimit.TakenIn);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.RespectNullableAnnotations = true;
        });
        // What is wrong with a body is said in every environment, by ProblemHandler.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = SayTooLarge);
        builder.Services.AddIntakeApi();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddOpenApi("v1");
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: [Readiness.Tag]).AddCheck<BrokerCheck>("broker", tags: [Readiness.Tag]);
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<RequestLog>();
        app.UseMiddleware<RequestDeadline>();
        app.UseMiddleware<BodyLimit>();
        app.MapOpenApi();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", Readiness.Options).WithMetadata(Readiness.Patience);

        var api = app.MapGroup("/api/v1").AddEndpointFilter<OperatorFilter>().AddEndpointFilter<FieldRulesFilter>();
        api.MapBatches();
        api.MapApplications();
        api.MapBuilds();
        api.MapDeployments();
        api.MapIntake();
        api.MapParked();
        api.MapNotifications();
        api.MapScan();
    }

    /// <summary>The framework ends a request that is too large by itself, with the status alone.</summary>
    private static void SayTooLarge(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Status == StatusCodes.Status413PayloadTooLarge)
            context.ProblemDetails.Detail ??= "The body is larger than 1 MiB.";
    }
}
