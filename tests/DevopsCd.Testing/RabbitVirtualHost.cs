using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace DevopsCd.Testing;

/// <summary>A throw-away virtual host on the test RabbitMQ, deleted with its queues and users when disposed.</summary>
public sealed class RabbitVirtualHost : IAsyncDisposable
{
    private static readonly (string User, string Password) s_administrator = Credentials(TestServers.RabbitMq);
    private static readonly HttpClient s_api = CreateApi();

    private readonly List<string> _users = [];
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private IConnection? _connection;

    private RabbitVirtualHost(string name)
    {
        Name = name;
        Uri = Address(s_administrator.User, s_administrator.Password, TestServers.RabbitMq.Host, TestServers.RabbitMq.Port);
    }

    public string Name { get; }

    /// <summary>The broker's address with the administrator's name and password, ending in this virtual host.</summary>
    public Uri Uri { get; }

    public static async Task<RabbitVirtualHost> CreateAsync()
    {
        var host = new RabbitVirtualHost($"t_{Guid.NewGuid():N}");
        await CallAsync(HttpMethod.Put, $"vhosts/{host.Name}").ConfigureAwait(false);
        await host.GrantAsync(s_administrator.User, ".*", ".*", ".*").ConfigureAwait(false);
        return host;
    }

    /// <summary>The address with host and port replaced by the relay's.</summary>
    public Uri Through(TcpRelay relay) => Address(s_administrator.User, s_administrator.Password, "127.0.0.1", relay.Port);

    /// <summary>Creates a user who has just these rights here (three patterns, as the broker wants them) and returns his address.</summary>
    public async Task<Uri> CreateUserAsync(string configure, string write, string read)
    {
        var (name, password) = ($"{Name}_{_users.Count}", $"{Guid.NewGuid():N}");
        await CallAsync(HttpMethod.Put, $"users/{name}", new { password, tags = "" }).ConfigureAwait(false);
        _users.Add(name);
        await GrantAsync(name, configure, write, read).ConfigureAwait(false);
        return Address(name, password, TestServers.RabbitMq.Host, TestServers.RabbitMq.Port);
    }

    /// <summary>Changes a user's password, and closes nothing: the old one is asked for at the next login.</summary>
    public Task SetPasswordAsync(Uri user, string password) => CallAsync(HttpMethod.Put, $"users/{Credentials(user).Item1}", new { password, tags = "" });

    public Task GrantAsync(string user, string configure, string write, string read) =>
        CallAsync(HttpMethod.Put, $"permissions/{Name}/{user}", new { configure, write, read });

    public async Task<IReadOnlyList<QueueState>> QueuesAsync()
    {
        using var answer = await CallAsync(HttpMethod.Get, $"queues/{Name}?disable_stats=true&enable_queue_totals=true").ConfigureAwait(false);
        using var queues = JsonDocument.Parse(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        return [.. queues.RootElement.EnumerateArray().Select(queue => new QueueState(
            queue.GetProperty("name").GetString()!,
            Number(queue, "messages_ready"), Number(queue, "messages_unacknowledged"), (int)Number(queue, "consumers")))];
    }

    /// <summary>Messages ready in the queue at this moment, asked of the queue itself; null when there is no such queue.</summary>
    public async Task<long?> ReadyAsync(string queue)
    {
        await using var channel = await ChannelAsync().ConfigureAwait(false);

        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue).ConfigureAwait(false)).MessageCount;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == 404)
        {
            return null;
        }
    }

    /// <summary>Publishes bytes as they are and waits for the broker's word; a mandatory message nothing is bound to throws.</summary>
    public async Task PublishAsync(
        string exchange, ReadOnlyMemory<byte> body, Action<BasicProperties>? configure = null, string routingKey = "", bool mandatory = false)
    {
        await using var channel = await ChannelAsync(confirms: true).ConfigureAwait(false);
        var properties = new BasicProperties { Persistent = true };
        configure?.Invoke(properties);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory, properties, body).ConfigureAwait(false);
    }

    /// <summary>Publishes text as a producer in another language would: <c>content_type: application/json</c>, nothing else.</summary>
    public Task PublishJsonAsync(string exchange, string json, Action<BasicProperties>? configure = null) => PublishAsync(
        exchange,
        Encoding.UTF8.GetBytes(json),
        properties =>
        {
            properties.ContentType = "application/json";
            configure?.Invoke(properties);
        });

    /// <summary>Takes up to <paramref name="most"/> messages that are ready; they are gone from the queue unless <paramref name="keep"/>.</summary>
    public async Task<IReadOnlyList<QueuedMessage>> TakeAsync(string queue, int most = 100, bool keep = false)
    {
        await using var channel = await ChannelAsync().ConfigureAwait(false);
        var taken = new List<QueuedMessage>();

        // With `keep` nothing is acknowledged: closing the channel puts all of it back.
        while (taken.Count < most && await channel.BasicGetAsync(queue, autoAck: !keep).ConfigureAwait(false) is { } message)
            taken.Add(new(message.Exchange, message.RoutingKey, message.Redelivered, new BasicProperties(message.BasicProperties), message.Body.ToArray()));

        return taken;
    }

    /// <summary>Declares a queue that keeps a copy of whatever the fanout exchange carries from now on, and returns its name.</summary>
    public async Task<string> TapAsync(string exchange)
    {
        await using var channel = await ChannelAsync().ConfigureAwait(false);
        var queue = $"tap-{Guid.NewGuid():N}";
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true).ConfigureAwait(false);
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false).ConfigureAwait(false);
        await channel.QueueBindAsync(queue, exchange, "").ConfigureAwait(false);
        return queue;
    }

    public Task DeleteQueueAsync(string queue) => CallAsync(HttpMethod.Delete, $"queues/{Name}/{Escaped(queue)}");

    /// <summary>
    /// Closes everybody's connections to this virtual host from the broker's side; returns how many there were. The broker lists a
    /// connection a moment after it was made: <paramref name="atLeast"/> says how many to wait for first.
    /// </summary>
    public async Task<int> CloseConnectionsAsync(int atLeast = 1)
    {
        var names = await Eventually.Sees(ConnectionsAsync, seen => seen.Count >= atLeast, $"{atLeast} connections listed").ConfigureAwait(false);
        foreach (var name in names) await CallAsync(HttpMethod.Delete, $"connections/{Escaped(name)}", tolerate: HttpStatusCode.NotFound).ConfigureAwait(false);
        await ForgetOwnConnectionAsync().ConfigureAwait(false);
        return names.Count;
    }

    public async Task<IReadOnlyList<string>> ConnectionsAsync()
    {
        using var answer = await CallAsync(HttpMethod.Get, $"vhosts/{Name}/connections").ConfigureAwait(false);
        using var connections = JsonDocument.Parse(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        return [.. connections.RootElement.EnumerateArray().Select(each => each.GetProperty("name").GetString()!)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
        foreach (var user in _users) await CallAsync(HttpMethod.Delete, $"users/{user}", tolerate: HttpStatusCode.NotFound).ConfigureAwait(false);
        await CallAsync(HttpMethod.Delete, $"vhosts/{Name}", tolerate: HttpStatusCode.NotFound).ConfigureAwait(false);
        _connecting.Dispose();
    }

    /// <summary>A channel on a connection of the helper's own, for what the helpers above do not cover.</summary>
    public async Task<IChannel> ChannelAsync(bool confirms = false)
    {
        await _connecting.WaitAsync().ConfigureAwait(false);

        try
        {
            if (_connection is not { IsOpen: true })
            {
                var factory = new ConnectionFactory { Uri = Uri, ClientProvidedName = $"{Name} helper", AutomaticRecoveryEnabled = false };
                _connection = await factory.CreateConnectionAsync().ConfigureAwait(false);
            }

            return await _connection.CreateChannelAsync(new CreateChannelOptions(confirms, confirms)).ConfigureAwait(false);
        }
        catch (BrokerUnreachableException e)
        {
            throw new TestServerUnreachableException("RabbitMQ", $"{Uri.Host}:{Uri.Port}", e);
        }
        finally
        {
            _connecting.Release();
        }
    }

    // A connection closed by the broker looks open until its word has arrived here.
    private async Task ForgetOwnConnectionAsync()
    {
        await _connecting.WaitAsync().ConfigureAwait(false);

        try
        {
            if (_connection is not null) await _connection.DisposeAsync().ConfigureAwait(false);
            _connection = null;
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, object? body = null, HttpStatusCode? tolerate = null)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            // The management interface wants a body, however empty, with the content's type.
            if (method == HttpMethod.Put) request.Content = JsonContent.Create(body ?? new { });
            var answer = await s_api.SendAsync(request).ConfigureAwait(false);
            if (answer.StatusCode != tolerate && !answer.IsSuccessStatusCode)
                throw new InvalidOperationException(
                    $"RabbitMQ answered {(int)answer.StatusCode} to {method} {path}: {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
            return answer;
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            throw new TestServerUnreachableException("RabbitMQ's management interface", TestServers.RabbitMqApi.Authority, e);
        }
    }

    private static HttpClient CreateApi()
    {
        var api = new HttpClient { BaseAddress = new Uri(TestServers.RabbitMqApi, "/api/"), Timeout = TimeSpan.FromSeconds(30) };
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{s_administrator.User}:{s_administrator.Password}"));
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", token);
        return api;
    }

    private static (string, string) Credentials(Uri address)
    {
        var parts = address.UserInfo.Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
    }

    private static long Number(JsonElement queue, string property) =>
        queue.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private static string Escaped(string name) => Uri.EscapeDataString(name);

    private Uri Address(string user, string password, string host, int port) =>
        new($"amqp://{Escaped(user)}:{Escaped(password)}@{host}:{port}/{Name}");
}
