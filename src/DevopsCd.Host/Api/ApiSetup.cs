using System.Text.Json.Serialization;
using DevopsCd.Host.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Devices;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Broker;
using DevopsCd.Host.Live;
using DevopsCd.Host.Starting;
using DevopsCd.Shared.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DevopsCd.Host.Api;

/// <summary>The HTTP side: one line a resource.</summary>
internal static class ApiSetup
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        // Until people log in, nobody outside of this machine gets in unless the configuration says so.
        if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        builder.WebHost.ConfigureKestrel(kestrel => Bound(kestrel.Limits));
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            json.SerializerOptions.RespectNullableAnnotations = true;
            // A number is a number, in what is read, what is written and what OpenAPI says.
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        // What is wrong with a body is said in every environment, by ProblemHandler.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemPage>();
        builder.Services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        builder.Services.AddProblemDetails();
        builder.Services.AddIntakeApi();
        builder.Services.AddLive();
        builder.Services.AddStream();
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddScoped<Door>();
        builder.Services.AddExceptionHandler<ProblemHandler>();
        builder.Services.AddOpenApi("v1", ApiDocument.Describe);
        builder.Services.AddSingleton<DatabaseCheck>().AddSingleton<ScheduleCheck>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck>("database", tags: [Readiness.Tag]).AddCheck<BrokerCheck>("broker", tags: [Readiness.Tag])
            .AddCheck<ScheduleCheck>("schedule", tags: [Readiness.Tag]).AddCheck<WorkCheck>("work", tags: [Readiness.Tag])
            .AddCheck<LivenessCheck>("live", tags: [LivenessCheck.Tag]);
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseProxies();
        app.UseMiddleware<SecurityHeaders>();
        if (app.Services.GetRequiredService<AuthOptions>().IsLocal)
            app.UseMiddleware<LocalHosts>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseMiddleware<HeadRequests>();
        app.UseRouting();
        // Who asks, how often, what, and only then the work.
        app.UseMiddleware<RequestLog>();
        app.UseStart();
        app.UseLogin();
        app.UseRateLimiter();
        app.UseMiddleware<QueryCheck>();
        app.UseMiddleware<BodyIntake>();
        app.UseMiddleware<RequestDeadline>();
        // Composed anew for each request, which takes its time where the machine is busy.
        app.MapOpenApi().WithMetadata(new RequestTimeoutMetadata(TimeSpan.FromSeconds(30)));
        app.MapAccessPages();
        app.MapHealthChecks("/health/live", LivenessCheck.Options);
        app.MapHealthChecks("/health/ready", Readiness.Options).WithMetadata(Readiness.Patience);

        var api = app.MapGroup("/api/v1").WithMetadata(new ApiRoute()).AddEndpointFilter<EntityTags>().AddEndpointFilter<AddressFilter>()
            .AddEndpointFilter<StatelessCheck>().AddEndpointFilter(app.Services.GetRequiredService<Admission>()).AddEndpointFilter<DoorFilter>()
            .AddEndpointFilter<KeyedRequests>();
        ((IEndpointConventionBuilder)api).Finally(ApiConventions.Describe);
        api.MapBatches();
        api.MapProjects();
        api.MapFreezes();
        api.MapGates();
        api.MapAccess();
        api.MapApplications();
        api.MapBuilds();
        api.MapDeployments();
        api.MapLiveVersions();
        api.MapDora();
        api.MapIntake();
        api.MapParked();
        api.MapOutgoing();
        api.MapNotifications();
        api.MapScan();
        api.MapStream();
        api.MapLogin();
        api.MapAccounts();
        api.MapTokens();
        api.MapDevices();
    }

    /// <summary>Whoever sends headers or a body by drops is not waited for.</summary>
    private static void Bound(KestrelServerLimits limits)
    {
        limits.MaxRequestBodySize = BodyIntake.TakenIn;
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    }
}
