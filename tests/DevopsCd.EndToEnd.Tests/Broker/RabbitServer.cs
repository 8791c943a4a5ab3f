using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace DevopsCd.EndToEnd.Tests.Broker;

/// <summary>The test broker's management API, and one throw-away vhost of it.</summary>
internal sealed class RabbitServer : IAsyncDisposable
{
    private static readonly Uri s_amqp = new(Environment.GetEnvironmentVariable("DEVOPSCD_TEST_RABBITMQ") ?? "amqp://devopscd:devopscd@127.0.0.1:15673/");

    private RabbitServer(HttpClient api, string vhost)
    {
        Api = api;
        Vhost = vhost;
    }

    public HttpClient Api { get; }

    public string Vhost { get; }

    public string Url => AsUser(s_amqp.UserInfo.Split(':')[0], s_amqp.UserInfo.Split(':')[1]);

    public static async Task<RabbitServer> CreateVhost()
    {
        var address = Environment.GetEnvironmentVariable("DEVOPSCD_TEST_RABBITMQ_API") ?? "http://127.0.0.1:15674";
        var api = new HttpClient { BaseAddress = new Uri(address) };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(s_amqp.UserInfo)));
        var server = new RabbitServer(api, $"test-{Guid.CreateVersion7():n}");
        await server.Put($"/api/vhosts/{server.Vhost}", new { });
        await server.Grant(s_amqp.UserInfo.Split(':')[0], ".*", ".*", ".*");
        return server;
    }

    public string AsUser(string user, string password) => $"amqp://{user}:{password}@{s_amqp.Host}:{s_amqp.Port}/{Vhost}";

    public Task Grant(string user, string configure, string write, string read) =>
        Put($"/api/permissions/{Vhost}/{user}", new { configure, write, read });

    public async Task Put(string path, object body)
    {
        using var response = await Api.PutAsJsonAsync(path, body);
        response.EnsureSuccessStatusCode();
    }

    public Task<JsonElement> Get(string path) => Api.GetFromJsonAsync<JsonElement>(path);

    public async ValueTask DisposeAsync()
    {
        using var _ = await Api.DeleteAsync($"/api/vhosts/{Vhost}");
        Api.Dispose();
    }
}
