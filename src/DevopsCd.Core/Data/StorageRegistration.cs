using DevopsCd.Core.Configuration;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Data;

/// <summary>Services of this room.</summary>
internal static class StorageRegistration
{
    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions storage)
    {
        if (storage.Postgres)
        {
            var connection = storage.PostgresConnection()!;
            services.AddDbContext<PostgresCdDbContext>(options => CdDbContextOptions.UsePostgres(options, connection));
            services.AddScoped<CdDbContext>(provider => provider.GetRequiredService<PostgresCdDbContext>());
        }
        else
        {
            services.AddDbContext<SqliteCdDbContext>(options => CdDbContextOptions.UseSqlite(options, storage.ConnectionString));
            services.AddScoped<CdDbContext>(provider => provider.GetRequiredService<SqliteCdDbContext>());
        }
        return services.AddScoped<SampleCatalogue>();
    }
}
