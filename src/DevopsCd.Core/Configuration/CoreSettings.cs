using DevopsCd.Core.Notifications;
using Microsoft.Extensions.Configuration;

namespace DevopsCd.Core.Configuration;

/// <summary>The whole of <c>core</c>, read and checked before anything starts.</summary>
internal sealed record CoreSettings(CoreOptions Core, DeployOptions Deploy, K8sOptions K8s, StorageOptions Storage, NotificationOptions Notification)
{
    public static CoreSettings Read(IConfiguration configuration, IEnumerable<string> wrong)
    {
        var reader = new ConfigurationReader(configuration);
        var settings = new CoreSettings(
            reader.Read<CoreOptions>(CoreOptions.Section),
            reader.Read<DeployOptions>(DeployOptions.Section),
            reader.Read<K8sOptions>(K8sOptions.Section),
            reader.Read<StorageOptions>(StorageOptions.Section),
            NotificationOptions.Read(reader));
        if (settings.Deploy.Driver == "http" && settings.K8s.BaseUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            reader.Wrong($"{K8sOptions.Section}:base_url", "must be an http or https address, because core:deploy:driver is http");
        if (settings.Storage.Postgres && settings.Storage.PostgresConnection() is null)
            reader.Wrong($"{StorageOptions.Section}:connection_string", "must be a PostgreSQL connection string such as Host=…;Database=…;Username=…;Password=…");
        reader.Wrong(wrong);
        reader.ThrowIfWrong();
        return settings;
    }
}
