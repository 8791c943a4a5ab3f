using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Approvals;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Changes;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Consuming;
using DevopsCd.Core.Data;
using DevopsCd.Core.Deployments;
using DevopsCd.Core.Evidence;
using DevopsCd.Core.Freezes;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Parking;
using DevopsCd.Core.Policies;
using DevopsCd.Core.Requests;
using DevopsCd.Core.Scanning;
using DevopsCd.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DevopsCd.Core;

/// <summary>Puts the engine into a host: one line a room.</summary>
internal static class CoreRegistration
{
    /// <param name="services">The host's services.</param>
    /// <param name="reader">The configuration. Whoever has keys of its own reads them before: a key that nobody has read stops the start.</param>
    /// <exception cref="WrongConfigurationException">Keys are wrong; all are named.</exception>
    public static CoreSettings AddCore(this IServiceCollection services, ConfigurationReader reader)
    {
        var settings = CoreSettings.Read(reader);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings.Core).AddSingleton(settings.Deploy).AddSingleton(settings.K8s).AddSingleton(settings.Storage);
        services.AddStorage(settings.Storage);
        services.AddChanges();
        services.AddAccess(settings.Access);
        services.AddPolicies(settings.PolicyBounds);
        services.AddFreezes();
        services.AddGates(settings.Gates);
        services.AddRequests();
        services.AddSingleton<SenderDoor>();
        services.AddApprovals();
        services.AddAuditing();
        services.AddBatches();
        services.AddApplications(settings.Deploy, settings.K8s);
        services.AddBuilds(settings.Retention);
        services.AddDeployments(settings.Deploy, settings.K8s);
        services.AddNotifications(settings.Notification, settings.Retention);
        services.AddScanning(settings.Storage);
        services.AddSchedule(settings);
        services.AddParking(settings.Retention);
        services.AddWebhooks(settings.Webhooks);
        services.AddEvidence(settings.Evidence, settings.Archive, settings.Retention);
        return settings;
    }
}
