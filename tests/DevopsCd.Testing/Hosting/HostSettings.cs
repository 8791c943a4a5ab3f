using DevopsCd.Testing.Fakes;

namespace DevopsCd.Testing.Hosting;

/// <summary>Configuration of a host process, in the form its environment has it: <c>core__deploy__driver</c>.</summary>
public sealed class HostSettings
{
    private readonly Dictionary<string, string> _values = new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["core__storage__sample_catalogue"] = "false",
    };

    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>The built host of another version; null for this one's.</summary>
    public string? Program { get; private set; }

    /// <summary>PostgreSQL and RabbitMQ.</summary>
    public static HostSettings On(PostgresDatabase database, RabbitVirtualHost broker) => On(database.ConnectionString, broker.Uri);

    /// <summary>PostgreSQL and RabbitMQ at these addresses, for example through relays.</summary>
    public static HostSettings On(string database, Uri broker) => new HostSettings()
        .With("core__storage__provider", "postgres")
        .With("core__storage__connection_string", database)
        .With("core__transport", "rabbitmq")
        .With("core__rabbitmq__url", broker.ToString())
        // What tests publish names no user; those about rights switch it on again.
        .With("core__rabbitmq__require_user_id", "false");

    /// <summary>The embedded mode: SQLite in the process's own folder, messages in memory, simulated deploys.</summary>
    public static HostSettings Embedded() => new();

    public HostSettings With(string key, string value)
    {
        _values[key] = value;
        return this;
    }

    /// <summary>The host of another version.</summary>
    /// <param name="program">Its <c>DevopsCd.Host.dll</c>; null for this version's.</param>
    public HostSettings Running(string? program)
    {
        Program = program;
        return this;
    }

    /// <summary>The machine's clock is ahead by so much.</summary>
    public HostSettings WithClockAhead(TimeSpan by) => With(SkewedClock.Variable, by.TotalSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture))
        .With("DOTNET_STARTUP_HOOKS", typeof(SkewedClock).Assembly.Location);

    /// <summary>Deploys through the fake deploy service.</summary>
    public HostSettings DeployingWith(FakeDeployService service) => With("core__deploy__driver", "http")
        .With("core__k8s__base_url", service.BaseUrl.ToString())
        .With("core__k8s__api_key", service.ApiKey);

    /// <summary>Notices go to the fake Lark.</summary>
    public HostSettings Telling(FakeLark lark) => With("core__notification__enabled", "true")
        .With("core__notification__provider", "lark")
        .With("core__notification__lark_webhook", lark.Webhook.ToString())
        .With("core__notification__lark_secret", lark.Secret)
        .With("core__notification__allow_http", "true")
        .With("core__notification__allowed_hosts__0", "127.0.0.1");
}
