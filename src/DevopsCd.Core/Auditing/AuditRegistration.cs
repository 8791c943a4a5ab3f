using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Auditing;

/// <summary>Services of this room.</summary>
internal static class AuditRegistration
{
    public static IServiceCollection AddAuditing(this IServiceCollection services)
    {
        var chains = new AuditChains();
        return services
            .ConfigureDbContext<PostgresCdDbContext>(db => db.AddInterceptors(chains))
            .ConfigureDbContext<SqliteCdDbContext>(db => db.AddInterceptors(chains))
            .AddWorkWatch()
            .AddScoped<AuditWriter>()
            .AddScoped<ContentHistory>()
            .AddSingleton<UnchainedRows>()
            .AddHostedService(provider => provider.GetRequiredService<UnchainedRows>());
    }
}
