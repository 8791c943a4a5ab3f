using DevopsCd.Core.Data;
using DevopsCd.Core.Observability;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Changes;

/// <summary>Services of this room.</summary>
internal static class ChangeRegistration
{
    public static IServiceCollection AddChanges(this IServiceCollection services) => services.AddWorkWatch()
        .AddSingleton<ChangedBatches>()
        .AddSingleton<ChangeRecorder>()
        .ConfigureDbContext<PostgresCdDbContext>(Recorded)
        .ConfigureDbContext<SqliteCdDbContext>(Recorded)
        .AddScoped<ChangeLog>()
        .AddSingleton<OldChanges>()
        .AddHostedService(provider => provider.GetRequiredService<OldChanges>());

    private static void Recorded(IServiceProvider provider, DbContextOptionsBuilder options) =>
        options.AddInterceptors(provider.GetRequiredService<ChangeRecorder>());
}
