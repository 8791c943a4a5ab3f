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
            services.AddDbContext<PostgresCdDbContext>(
                (provider, options) => CdDbContextOptions.UsePostgres(options.AddInterceptors(provider.GetRequiredService<DatabaseRoom>()), connection),
                optionsLifetime: ServiceLifetime.Singleton);
            services.AddScoped<CdDbContext>(provider => provider.GetRequiredService<PostgresCdDbContext>());
            services.AddDatabaseClock();
        }
        else
        {
            services.AddSingleton<SqliteFile>();
            services.AddDbContext<SqliteCdDbContext>(
                options => CdDbContextOptions.UseSqlite(options, storage.ConnectionString), optionsLifetime: ServiceLifetime.Singleton);
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
