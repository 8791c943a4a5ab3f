using Microsoft.Extensions.DependencyInjection;

namespace DevopsCd.Core.Freezes;

/// <summary>Services of this room.</summary>
internal static class FreezeRegistration
{
    public static IServiceCollection AddFreezes(this IServiceCollection services) => services
        .AddSingleton<FreezeCalendar>()
        .AddScoped<FreezeBook>()
        .AddScoped<FreezeDesk>();
}
