using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core.Access;

/// <summary>Services of this room.</summary>
internal static class AccessRegistration
{
    public static IServiceCollection AddAccess(this IServiceCollection services, AccessOptions options)
    {
        services.TryAddSingleton(SenderTrust.InProcess);
        services.TryAddScoped<IKnownSubjects, UnchangedSubjects>();
        return services
            .AddSingleton(options)
            .AddSingleton(new RoleBook(options))
            .AddSingleton<AccessRights>()
            .AddSingleton<AccessDoor>()
            .AddSingleton<Senders>()
            .AddScoped<ProjectsOf>()
            .AddScoped<AccessJournal>()
            .AddScoped<AccessQueries>()
            .AddSingleton<AccessExplainer>()
            .AddScoped<BindingDesk>();
    }
}
