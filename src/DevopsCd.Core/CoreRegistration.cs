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
    /// <exception cref="WrongConfiguration">Keys under <c>core</c> are wrong; all are named.</exception>
    public static CoreSettings AddCore(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = CoreSettings.Read(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Core).AddSingleton(settings.Deploy).AddSingleton(settings.K8s).AddSingleton(settings.Storage);
        services.AddStorage(settings.Storage);
        services.AddBatches();
        services.AddBuilds();
        services.AddDeployments(settings.Deploy, settings.K8s);
        services.AddNotifications();
        services.AddScanning(settings.Storage);
        return settings;
    }
}
