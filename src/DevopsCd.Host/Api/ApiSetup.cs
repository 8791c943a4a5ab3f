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
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Explain);
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

    /// <summary>What the framework answers by itself is the status alone; here it says what to do.</summary>
    private static void Explain(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        context.ProblemDetails.Detail ??= context.ProblemDetails.Status switch
        {
            StatusCodes.Status404NotFound when http.GetEndpoint() is null => "There is no such address; /openapi/v1.json lists them.",
            StatusCodes.Status404NotFound => $"There is no {http.Request.Path.Value?.Split('/', 4)[^1]}.",
            StatusCodes.Status405MethodNotAllowed => $"This address takes {http.Response.Headers.Allow}.",
            StatusCodes.Status413PayloadTooLarge => "The body is larger than 1 MiB.",
            StatusCodes.Status415UnsupportedMediaType => "Send the body as JSON, with the header Content-Type: application/json.",
            _ => null
        };
    }
}
