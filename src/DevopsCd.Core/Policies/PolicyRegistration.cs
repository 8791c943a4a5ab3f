using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Policies;

/// <summary>Services of this room.</summary>
internal static class PolicyRegistration
{
    public static IServiceCollection AddPolicies(this IServiceCollection services, PolicyBounds bounds) => services
        .AddSingleton(bounds)
        .AddSingleton<PolicyRules>()
        .AddScoped<BatchPolicies>()
        .AddScoped<ProjectDesk>();
}
