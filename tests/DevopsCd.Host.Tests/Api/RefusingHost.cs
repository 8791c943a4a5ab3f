using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Core.Access;
using DevopsCd.Core.Requests;
using DevopsCd.Host.Tests.Access;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Data.Sqlite;

namespace DevopsCd.Host.Tests.Api;

/// <summary>Two hosts that can be brought to every refusal: one that works, with a channel nobody answers and a webhook source, and one that waits for its database.</summary>
public sealed class RefusingHost : IAsyncLifetime
{
    public const string Channel = "nobody", Source = "generic", Token = "the-token-of-the-source";

    /// <summary>Has a role by the configuration.</summary>
    public const string Configured = "user:configured";

    public const string Root = "root", Person = "ann", Careful = "carl";

    public static readonly Guid Outbox = Guid.Parse("0193a0b4-0000-7000-8000-000000000001");

    private readonly HostProcess _works = new("refusing", HostSettings.Embedded()
        .With("core__deploy__driver", "external")
        .With("core__scan_interval", "1h")
        .With("core__notification__channels__0__name", Channel)
        .With("core__notification__channels__0__type", "slack")
        .With("core__notification__channels__0__url", $"http://127.0.0.1:{FreePort.Next()}/")
        .With("core__notification__allow_http", "true")
        .With("core__notification__allowed_hosts__0", "127.0.0.1")
        .With("core__auth__bindings__0__subject", Configured)
        .With("core__auth__bindings__0__role", "viewer")
        .With("core__auth__bindings__0__project", "*")
        .With("core__intake__rate_limit", "30")
        .With($"core__intake__sources__{Source}__secrets__0", Token));

    private readonly HostProcess _waits = new("starting", HostSettings.Embedded()
        .With("core__storage__provider", "postgres")
        .With("core__storage__connection_string", $"Host=127.0.0.1;Port={FreePort.Next()};Database=x;Username=x;Password=x"));

    private readonly HostProcess _closed = new("closed", HostSettings.Embedded().With("core__auth__mode", "password,proxy")
        .With("core__auth__trusted_proxies__0", "203.0.113.0/24").With("core__deploy__driver", "external"));

    private readonly Dictionary<string, string> _cookies = [];

    public HttpClient Http => _works.Http;

    /// <summary>Where people log in.</summary>
    public HttpClient Closed => _closed.Http;

    public HttpClient Starting => _waits.Http;

    /// <summary>An application with targets in both stages; it is in <see cref="SealedBatch" />.</summary>
    public string Application { get; } = "web-shop";

    /// <summary>Requests whose bodies do not come, by route.</summary>
    public Dictionary<string, Task<(int, string?)>> Trickles { get; } = [];

    public long SealedBatch { get; private set; }

    public long TestNotice { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _waits.Launch();
        await _works.StartAsync();
        await _closed.StartAsync();
        await SetUp(Root, await PasswordHost.SetUpToken(_closed));
        foreach (var name in (string[])[Person, Careful])
            await SetUp(name, await Invite(name));
        ApiToken = (await Post("api/v1/access/tokens", new { name = "x" })).GetProperty("token").GetString()!;
        // As if he had set up an authenticator.
        Execute(_closed, "UPDATE access_accounts SET two_factor_enabled = 1 WHERE user_name = 'carl'");
        // Before anything else uses up the limit of the channel's service. The refusal is what is wanted.
        var test = await Eventually.Sees(() => new CdApi(Http).Send(HttpMethod.Post, "notifications/test", new { channel = Channel }),
            answer => answer.Status == HttpStatusCode.BadGateway, "the channel's service refuses", TimeSpan.FromMinutes(3));
        TestNotice = test.Body.GetProperty("notification").GetProperty("id").GetInt64();
        var api = CdApi.Patient(Http);
        (await api.Send(HttpMethod.Put, $"projects/{Application}", new { })).Expect();
        (await api.AddApplication(Application)).Expect();
        foreach (var stage in (string[])["pre", "prod"])
            (await api.SetTarget(Application, stage)).Expect();
        (await api.AddBuild(Application, 1)).Expect();
        (await api.Send(HttpMethod.Put, $"freezes/{Application}",
            new { reason = "inventory", from = "2099-01-01T00:00:00Z", to = "2099-01-02T00:00:00Z" })).Expect();
        SealedBatch = (await api.CreateBatch("a release", null, [Application])).Expect().Id;
        // The only gate of this host, decided.
        (await api.Send(HttpMethod.Put, "projects/default", new { gates = new[] { new { name = "legal", at = "before_seal", kind = "manual" } } })).Expect();
        (await api.Raise(SealedBatch, "approve")).Expect();
        (await api.Send(HttpMethod.Post, "gates/1/override", new { reason = "not needed" })).Expect();
        (await api.Raise(SealedBatch, "confirm_tag")).Expect();
        Keep("INSERT INTO outbox_message (outbox_id, sequence_number, message_id, content_type, message_type, body, sent_time, locked_until) VALUES (@outbox, 1, @message, 'application/json', 'urn:message:DevopsCd.Contracts:BatchTransitioned', '{}', '2026-11-29 10:00:00', '2026-11-29 10:00:00')");
        Keep("INSERT INTO outbox_state (outbox_id, sequence_number, message_id, created, delivery_count, parked, reason) VALUES (@outbox, 1, @message, '2026-11-29 10:00:00', 5, '2026-11-29 10:05:00', 'refused')");
        await Eventually.Sees(() => Starting.GetAsync("health/live"), answer => answer.StatusCode == HttpStatusCode.OK, "the other host is alive",
            TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        await _works.DisposeAsync();
        await _closed.DisposeAsync();
        await _waits.DisposeAsync();
    }

    /// <summary>A token of <see cref="Root" />.</summary>
    public string ApiToken { get; private set; } = "";

    /// <summary>What a page of the service sends for somebody.</summary>
    public (string Name, string Value)[] As(string name) => [("Cookie", _cookies[name]), ("Sec-Fetch-Site", "same-origin")];

    private async Task SetUp(string name, string token)
    {
        using var answer = await Closed.PostAsJsonAsync("api/v1/access/password", new { token, name, password = PasswordHost.Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        _cookies[name] = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<string> Invite(string name) => (await Post("api/v1/access/accounts", new { name })).GetProperty("path").GetString()!.Split('=')[1];

    private async Task<JsonElement> Post(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        foreach (var (header, value) in As(Root))
            request.Headers.TryAddWithoutValidation(header, value);
        using var answer = await Closed.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A message of a broker that this host does not have, put aside.</summary>
    public long Parked(string status = "parked") => Keep(
        "INSERT INTO parked_messages (received_at, queue, message_type, content_type, headers, body, body_size, truncated, reason, status, resolved_by) VALUES (@at, 'batch', 'ApproveBatch', 'application/json', '{}', @body, 2, 0, 'batchId is missing', @status, @by); SELECT last_insert_rowid()",
        ("@at", DateTime.UnixEpoch.Ticks), ("@body", "{}"u8.ToArray()), ("@status", status), ("@by", status == "parked" ? DBNull.Value : "bob"));

    /// <summary>A request of ann's that was sent under a key and whose answer nobody has stored.</summary>
    public string Unanswered(string method, string path)
    {
        var key = Guid.NewGuid().ToString();
        var id = RememberedRequest.IdOf(Subject.User("ann").Id, $"{method} {path}", key);
        Keep("INSERT INTO remembered_requests (id, \"try\", fingerprint, created_at) VALUES (@id, @id, '', @at)",
            ("@id", id.ToString().ToUpperInvariant()), ("@at", DateTime.UtcNow.Ticks));
        return key;
    }

    private long Keep(string sql, params (string Name, object Value)[] values) => Execute(_works, sql, values);

    private static long Execute(HostProcess host, string sql, params (string Name, object Value)[] values)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "devopscd.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@outbox", Outbox.ToString().ToUpperInvariant());
        command.Parameters.AddWithValue("@message", Guid.Parse("0193a0b4-0000-7000-8000-000000000002").ToString().ToUpperInvariant());
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
