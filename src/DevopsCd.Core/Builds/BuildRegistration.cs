using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Builds;

/// <summary>Services of this room.</summary>
internal static class BuildRegistration
{
    public static IServiceCollection AddBuilds(this IServiceCollection services) => services
        .AddScoped<BuildIntake>()
        .AddScoped<BuildQueries>();
}
