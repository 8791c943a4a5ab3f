using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Scanning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core;

/// <summary>Puts the engine into a host: one line a room.</summary>
internal static class CoreRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The root of the configuration.</param>
    /// <param name="wrong">What the host has found wrong in keys of its own, for the one message that names all.</param>
    /// <exception cref="WrongConfiguration">Keys are wrong; all are named.</exception>
    public static CoreSettings AddCore(this IServiceCollection services, IConfiguration configuration, IEnumerable<string> wrong)
    {
        var settings = CoreSettings.Read(configuration, wrong);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Core).AddSingleton(settings.Deploy).AddSingleton(settings.K8s).AddSingleton(settings.Storage);
        services.AddStorage(settings.Storage);
        services.AddBatches();
        services.AddBuilds();
        services.AddDeployments(settings.Deploy, settings.K8s);
        services.AddNotifications(settings.Notification);
        services.AddScanning(settings.Storage);
        return settings;
    }
}
