using DevopsCd.Core.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Data;

/// <summary>Services of this room.</summary>
internal static class StorageRegistration
{
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions storage)
    {
        if (storage.Postgres)
        {
            var connection = storage.PostgresConnection()!;
            services.AddSingleton<DatabaseRoom>();
            // Pooled: a scope is short, and to make a context for it is a good part of what a simple request costs.
            services.AddDbContextPool<PostgresCdDbContext>(
                (provider, options) => CdDbContextOptions.UsePostgres(options.AddInterceptors(provider.GetRequiredService<DatabaseRoom>()), connection));
            services.AddScoped<CdDbContext>(provider => provider.GetRequiredService<PostgresCdDbContext>());
            services.AddDatabaseClock();
        }
        else
        {
            services.AddSingleton<SqliteFile>();
            services.AddDbContextPool<SqliteCdDbContext>(options => CdDbContextOptions.UseSqlite(options, storage.ConnectionString));
            services.AddScoped<CdDbContext>(provider => provider.GetRequiredService<SqliteCdDbContext>());
        }
        return services;
    }

    /// <summary>Instances share what one clock writes, so they go by the database's.</summary>
    private static void AddDatabaseClock(this IServiceCollection services)
    {
        var machine = services.LastOrDefault(service => service.ServiceType == typeof(TimeProvider))?.ImplementationInstance as TimeProvider
            ?? TimeProvider.System;
        var clock = new DatabaseClock(machine);
        services.AddSingleton(clock);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        services.AddSingleton<ClockWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ClockWatch>());
    }
}
