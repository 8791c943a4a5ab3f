using System.Globalization;
using System.Text.Json;
using RabbitMQ.Client;

namespace DevopsCd.Testing;

/// <summary>A RabbitMQ of one's own on loopback, for what would disturb others on the shared one: alarms. Its data are thrown away.</summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const string User = "devopscd";

    private readonly string _programs;
    private readonly string _folder;
    private readonly string[] _environment;

    private RabbitServer(string programs, string folder)
    {
        var (port, distribution, mapper) = (FreePort.Next(), FreePort.Next(), FreePort.Next());
        (this._programs, this._folder) = (programs, folder);
        _environment =
        [
            $"HOME={folder}", $"RABBITMQ_NODENAME=devopscd_{port}@localhost", $"RABBITMQ_CONF_ENV_FILE={folder}/none",
                $"RABBITMQ_CONFIG_FILE={folder}/rabbitmq.conf",
            $"RABBITMQ_ADVANCED_CONFIG_FILE={folder}/advanced.config", $"RABBITMQ_ENABLED_PLUGINS_FILE={folder}/enabled_plugins",
                $"RABBITMQ_MNESIA_BASE={folder}/mnesia",
            $"RABBITMQ_LOG_BASE={folder}/log", $"RABBITMQ_PID_FILE={folder}/pid", $"RABBITMQ_GENERATED_CONFIG_DIR={folder}/generated",
            $"RABBITMQ_FEATURE_FLAGS_FILE={folder}/feature_flags", $"RABBITMQ_DIST_PORT={distribution}", $"ERL_EPMD_PORT={mapper}",
                "ERL_EPMD_ADDRESS=127.0.0.1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
        ];
        Uri = new($"amqp://{User}:{User}@127.0.0.1:{port}/");
    }

    /// <summary>The address with the administrator's name and password.</summary>
    public Uri Uri { get; }

    /// <summary>Processor time of all its processes so far.</summary>
    public TimeSpan ProcessorTime => ProcessTree.ProcessorTime(int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")).Trim(), CultureInfo.InvariantCulture));

    /// <param name="settings">Settings of the broker's own that its configuration file has no names for, as <c>{consumer_timeout, 5000}</c>.</param>
    public static async Task<RabbitServer> StartAsync(params string[] settings)
    {
        var programs = Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Order(StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "sbin")).Last();
        var server = new RabbitServer(programs, Directory.CreateTempSubdirectory("devopscd-rabbit-").FullName);
        await File.WriteAllTextAsync(Path.Combine(server._folder, "rabbitmq.conf"), string.Create(CultureInfo.InvariantCulture,
            $"""
            listeners.tcp.1 = 127.0.0.1:{server.Uri.Port}
            default_user = {User}
            default_pass = {User}
            disk_free_limit.absolute = 50MB
            log.console = false

            """)).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(server._folder, "enabled_plugins"), "[].").ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(server._folder, "advanced.config"), $"[{{rabbit, [{string.Join(", ", settings)}]}}].").ConfigureAwait(false);
        await ServerProgram.GiveToAsync("rabbitmq", server._folder).ConfigureAwait(false);
        await server.StartAgainAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>The broker takes no more messages, as when its machine is short of memory.</summary>
    public Task AlarmMemoryAsync() => ControlAsync("set_vm_memory_high_watermark", "0.0001");

    /// <summary>The broker takes no more messages, as when its disk is nearly full.</summary>
    public Task AlarmDiskAsync() => ControlAsync("set_disk_free_limit", "900000GB");

    /// <summary>Ends either alarm.</summary>
    public async Task EndAlarmsAsync()
    {
        await ControlAsync("set_vm_memory_high_watermark", "0.8").ConfigureAwait(false);
        await ControlAsync("set_disk_free_limit", "50MB").ConfigureAwait(false);
    }

    /// <summary>It closes its connections and refuses new ones.</summary>
    public Task LeaveAsync() => ControlAsync("stop_app");

    /// <summary>It serves again, with the durable queues and the messages in them.</summary>
    public async Task ComeBackAsync()
    {
        await ControlAsync("start_app").ConfigureAwait(false);
        await Eventually.IsTrue(Serves, $"RabbitMQ serves at {Uri.Authority}", TimeSpan.FromMinutes(2)).ConfigureAwait(false);
    }

    /// <summary>How often these words stand in its log.</summary>
    public async Task<int> SaidAsync(string words)
    {
        var log = Directory.GetFiles(Path.Combine(_folder, "log"), "*.log").Single(file => !file.Contains("upgrade", StringComparison.Ordinal));
        return (await File.ReadAllTextAsync(log).ConfigureAwait(false)).Split(words).Length - 1;
    }

    /// <summary>A message that the broker has taken, as producers in other languages send it.</summary>
    public async Task PublishAsync(string exchange, object body)
    {
        var factory = new ConnectionFactory { Uri = Uri, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync().ConfigureAwait(false);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)).ConfigureAwait(false);
        var properties = new BasicProperties { Persistent = true, ContentType = "application/json", MessageId = $"{Guid.NewGuid()}" };
        await channel.BasicPublishAsync(exchange, "", mandatory: true, properties, JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web))
            .ConfigureAwait(false);
    }

    /// <summary>`kill -9` of the node: what it had on disk is all that is left.</summary>
    public async Task KillAsync()
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(_folder, "pid")).ConfigureAwait(false)).Trim();
        await ServerProgram.RunAsync("kill", "-9", pid).ConfigureAwait(false);
    }

    /// <summary>The node starts on its disk.</summary>
    public async Task StartAgainAsync()
    {
        await LaunchAsync().ConfigureAwait(false);
        await Eventually.IsTrue(Serves, $"RabbitMQ serves at {Uri.Authority}", TimeSpan.FromMinutes(2)).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await ControlAsync("shutdown", "--timeout", "60").ConfigureAwait(false);
        await RunAsync("epmd", "-kill").ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    private Task LaunchAsync() => RunAsync("setsid", "--fork", "sh", "-c", "exec \"$1\" >\"$2\" 2>&1", "sh", Path.Combine(_programs, "rabbitmq-server"),
        Path.Combine(_folder, "start.log"));

    private async Task<bool> Serves()
    {
        var factory = new ConnectionFactory { Uri = Uri, AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync().ConfigureAwait(false);
        return connection.IsOpen;
    }

    private Task ControlAsync(params string[] command) => RunAsync(Path.Combine(_programs, "rabbitmqctl"), ["-q", .. command]);

    private Task RunAsync(string program, params string[] arguments) => ServerProgram.RunAsAsync("rabbitmq", "env", [.. _environment, program, .. arguments]);
}
