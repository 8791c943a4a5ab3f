using DevopsCd.Host.Access;
using DevopsCd.Host.Api;

namespace DevopsCd.Host.Starting;

/// <summary>The order of the start: the web server, the database, everything else.</summary>
internal static class StartSetup
{
    /// <summary>
    /// With what disposing takes, less than the ten seconds after which some orchestrators kill. What is cut off is found again in the database.
    /// </summary>
    private static readonly TimeSpan s_end = TimeSpan.FromSeconds(6);

    private static readonly string[] s_later = ["/api", "/login", "/logout", "/setup", "/device", "/account"];

    private static bool IsLater(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<PageRoute>() is not null
        || s_later.Any(path => http.Request.Path.StartsWithSegments(path, StringComparison.Ordinal));

    public static void AddStart(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StartState>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = s_end);
        // After all other registrations, the framework's of the web server included.
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => Order(services));
    }

    /// <summary>Until the database is there, only health, metrics and the description answer.</summary>
    public static void UseStart(this WebApplication app)
    {
        var state = app.Services.GetRequiredService<StartState>();
        app.Use((http, next) => state.IsOver || !IsLater(http)
            ? next(http)
            : ProblemHandler.NotNow(http, $"The service is starting. {state.WaitsBecause}").ExecuteAsync(http));
    }

    private static void Order(IServiceCollection services)
    {
        var server = services.Last(service => service.ServiceType == typeof(IHostedService));
        services.Remove(server);
        var first = services.TakeWhile(service => service.ServiceType != typeof(IHostedService)).Count();
        services.Insert(first, server);
        services.Insert(first + 1, ServiceDescriptor.Singleton<IHostedService, DatabaseStart>());
    }
}
