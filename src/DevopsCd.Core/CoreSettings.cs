using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Gates;
using DevopsCd.Core.Intake.Webhooks;
using DevopsCd.Core.Notifications;
using DevopsCd.Core.Policies;
using DevopsCd.Shared;

namespace DevopsCd.Core;

/// <summary>The whole of <c>core</c>, read and checked before anything starts.</summary>
internal sealed record CoreSettings(
    CoreOptions Core, DeployOptions Deploy, K8sOptions K8s, StorageOptions Storage, NotificationOptions Notification, GateOptions Gates,
    WebhookOptions Webhooks, AccessOptions Access, RetentionOptions Retention, EvidenceOptions Evidence, ArchiveOptions Archive)
{
    /// <summary>What policies of projects may ask for.</summary>
    public PolicyBounds PolicyBounds => new(
        Deploy.ConcurrentApps, Deploy.SingleAppTimeout, Deploy.BatchTimeout, [.. Notification.AllChannels().Select(channel => channel.Name)],
        Gates.Bounds(), Access.NobodyLogsIn);

    public static CoreSettings Read(ConfigurationReader reader)
    {
        var settings = new CoreSettings(
            reader.Read<CoreOptions>(CoreOptions.Section),
            reader.Read<DeployOptions>(DeployOptions.Section),
            reader.Read<K8sOptions>(K8sOptions.Section),
            reader.Read<StorageOptions>(StorageOptions.Section),
            NotificationOptions.Read(reader),
            reader.Read<GateOptions>(GateOptions.Section),
            WebhookRegistration.Read(reader),
            reader.Read<AccessOptions>(AccessOptions.Section),
            reader.Read<RetentionOptions>(RetentionOptions.Section),
            reader.Read<EvidenceOptions>(EvidenceOptions.Section),
            reader.Read<ArchiveOptions>(ArchiveOptions.Section));
        foreach (var (key, allowed) in settings.K8s.Problems(settings.Deploy.Driver == "http"))
            reader.Wrong(key, allowed);
        if (settings.Storage.Postgres && settings.Storage.PostgresConnection() is null)
            reader.Wrong($"{StorageOptions.Section}:connection_string",
                "must be a PostgreSQL connection string such as Host=…;Database=…;Username=…;Password=…");
        if (!settings.Storage.Postgres && StorageOptions.SqliteProblem(settings.Storage.ConnectionString) is { } problem)
            reader.Wrong($"{StorageOptions.Section}:connection_string", $"{problem}, or core:storage:provider must be postgres");
        foreach (var (key, allowed) in settings.Gates.Problems())
            reader.Wrong(key, allowed);
        var problems = settings.Core.Problems().Concat(settings.Access.Problems()).Concat(settings.Evidence.Problems())
            .Concat(settings.Archive.Problems(settings.Retention));
        foreach (var (key, allowed) in problems)
            reader.Wrong(key, allowed);
        reader.ThrowIfWrong();
        reader.Doubt(settings.K8s.Doubts(settings.Deploy.Driver));
        return settings;
    }
}
