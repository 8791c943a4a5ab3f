using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Core.Releases;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using RabbitMQ.Client;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The whole host where people log in: who orders over the broker is the user that RabbitMQ vouches for, and has the rights of that one's bindings.</summary>
public sealed partial class A_user_of_the_broker : IAsyncLifetime
{
    private PostgresDatabase _database = null!;
    private RabbitVirtualHost _broker = null!;
    private HostProcess _host = null!;
    private HttpClient _root = null!;
    private IConnection _connection = null!;
    private string _user = "", _rejections = "";

    public async ValueTask InitializeAsync()
    {
        _database = await PostgresDatabase.CreateAsync();
        _broker = await RabbitVirtualHost.CreateAsync();
        _host = await HostProcess.StartNewAsync("broker-user", HostSettings.On(_database, _broker)
            .With("core__auth__mode", "password").With("core__deploy__driver", "external").With("core__rabbitmq__require_user_id", "true"));
        _root = await LogIn();
        await Ok(_root.PutAsJsonAsync("projects/shop", new { }));
        foreach (var name in (string[])["order", "pay"])
        {
            await Ok(_root.PostAsJsonAsync("applications", new { name, project = "shop" }));
            await Ok(_root.PutAsJsonAsync($"applications/{name}/targets/pre/c1", new { @namespace = "shop", workload = new { kind = "Deployment", name } }));
            await Ok(_root.PostAsJsonAsync("builds", CdApi.Build(name, 1)));
        }
        var address = await _broker.CreateUserAsync("", ".*", "");
        _user = Uri.UnescapeDataString(address.UserInfo.Split(':')[0]);
        _rejections = await _broker.TapAsync("DevopsCd.Contracts:CommandRejected");
        _connection = await new ConnectionFactory { Uri = address }.CreateConnectionAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _root.Dispose();
        await _host.DisposeAsync();
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Is_told_of_each_right_that_is_missing_and_may_do_what_its_bindings_allow_for_as_long_as_they_are_there()
    {
        var batch = (await Ok(_root.PostAsJsonAsync("batches", new { title = "by a person", releases = new[] { new { application = "pay" } } })))
            .GetProperty("batchId").GetGuid();
        await Bind(HttpMethod.Put, "viewer");

        foreach (var type in BatchEventTypes.All.Where(t => t is { Internal: false, Creates: false }))
            (await Denied(batch, type.Key)).ShouldStartWith($"amqp:{_user} needs the permission {type.Permission} in project shop; user:root can grant it", Case.Sensitive, type.Key);
        var wanted = Guid.CreateVersion7();
        (await Answer("CreateBatch", Order(wanted))).ShouldStartWith($"amqp:{_user} needs the permission create in project shop");
        (await _database.QueryAsync<string>("SELECT source || ' ' || subject FROM batch_events WHERE event = 'create' AND batch_correlation_id = $1", wanted))
            .ShouldBe([$"message amqp:{_user}"]);
        (await Get("batches/1")).GetProperty("state").GetInt32().ShouldBe(0);
        (await Get("parked")).GetProperty("items").GetArrayLength().ShouldBe(0, "a refusal is an answer; nothing is left to deal with");

        foreach (var role in (string[])["developer", "approver"])
            await Bind(HttpMethod.Put, role);
        await Publish("CreateBatch", Order(wanted));
        await Until(async () => (await Get("batches?q=AMQP-1")).GetProperty("items").GetArrayLength() == 1, "it may create");
        await Publish("ApproveBatch", new { batchId = batch, @operator = _user });
        await Until(async () => (await Get("batches/1")).GetProperty("state").GetInt32() == 5, "it may approve");

        await Bind(HttpMethod.Delete, "approver");
        (await Denied(batch, "reject")).ShouldContain("needs the permission approve");
        (await Get("batches/1")).GetProperty("state").GetInt32().ShouldBe(5);
    }

    private object Order(Guid batch) => new
    {
        batchId = batch,
        title = "by a machine",
        batchNumber = "AMQP-1",
        @operator = _user,
        releases = new[] { new { application = "order" } }
    };

    /// <summary>Asks for an event, and returns the reason of the refusal that is answered; its row stands in the batch's audit.</summary>
    private async Task<string> Denied(Guid batch, string batchEvent)
    {
        var reason = await Answer(BatchEventTypes.Get(batchEvent).MessageType.Name, new { batchId = batch, @operator = _user, reason = "because" });
        (await Get("batches/1/events?limit=200")).GetProperty("items").EnumerateArray().Last(e => e.GetProperty("event").GetString() == batchEvent)
            .GetProperty("outcome").GetString().ShouldBe("denied", batchEvent);
        return reason;
    }

    /// <summary>The reason with which one message is refused, told once.</summary>
    private async Task<string> Answer(string contract, object message)
    {
        var id = await Publish(contract, message);
        var told = await Eventually.Sees(async () => (await _broker.TakeAsync(_rejections)).Select(Told).Where(t => t.Id == id).ToList(), all => all.Count > 0,
            $"{contract} is answered", TimeSpan.FromMinutes(1));
        told.ShouldHaveSingleItem().Type.ShouldBe(contract);
        return told[0].Reason;
    }

    private async Task<Guid> Publish(string contract, object message)
    {
        var id = Guid.NewGuid();
        await using var channel = await _connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync($"DevopsCd.Contracts:{contract}", "", mandatory: true,
            new BasicProperties { ContentType = "application/json", MessageId = $"{id}", UserId = _user, Persistent = true }, JsonSerializer.SerializeToUtf8Bytes(message));
        return id;
    }

    private static (Guid Id, string Type, string Reason) Told(QueuedMessage rejected)
    {
        using var json = JsonDocument.Parse(rejected.Body);
        var said = json.RootElement.TryGetProperty("message", out var inside) ? inside : json.RootElement;
        return (said.GetProperty("messageId").GetGuid(), said.GetProperty("messageType").GetString()!, said.GetProperty("reason").GetString()!);
    }

    private async Task<HttpClient> LogIn()
    {
        await Until(() => Task.FromResult(Link().IsMatch(_host.LogTail)), "the link is logged");
        // The session's cookie is for HTTPS, and for loopback: the framework's own jar knows the first alone.
        var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(_host.BaseUrl, "api/v1/") };
        http.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await http.PostAsJsonAsync("access/password",
            new { token = Link().Match(_host.LogTail).Groups[1].Value, name = "root", password = "a long way to Tipperary" });
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
        http.DefaultRequestHeaders.Add("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        return http;
    }

    private Task Bind(HttpMethod method, string role) => Ok(method == HttpMethod.Put
        ? _root.PutAsJsonAsync("access/bindings", new { subject = $"amqp:{_user}", role, project = "shop" })
        : _root.DeleteAsync($"access/bindings?subject=amqp:{_user}&role={role}&project=shop"));

    private Task<JsonElement> Get(string path) => _root.GetFromJsonAsync<JsonElement>(path);

    private static async Task<JsonElement> Ok(Task<HttpResponseMessage> sent)
    {
        using var answer = await sent;
        var text = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private static Task Until(Func<Task<bool>> fact, string what) => Eventually.IsTrue(fact, what, TimeSpan.FromMinutes(1));

    [GeneratedRegex("/setup\\?token=([A-Za-z0-9_-]+)")]
    private static partial Regex Link();
}
