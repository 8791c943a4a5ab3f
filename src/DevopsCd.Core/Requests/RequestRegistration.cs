using DevopsCd.Core.Observability;
using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Requests;

/// <summary>Services of this room.</summary>
internal static class RequestRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services) => services.AddWorkWatch()
        .AddScoped<RememberedRequests>()
        .AddSingleton<OldRequests>()
        .AddHostedService(provider => provider.GetRequiredService<OldRequests>());
}
