using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.Data.Sqlite;

namespace DevopsCd.Host.Tests.Api;

public sealed class A_database_that_takes_no_write
{
    [Fact]
    public async Task Makes_the_host_unready_for_as_long_as_it_lasts()
    {
        await using var host = await HostProcess.StartNewAsync("locked", HostSettings.Embedded());
        await using var somebody = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "data", "devopscd.db")};Pooling=false");
        await somebody.OpenAsync();

        await using (var transaction = somebody.BeginTransaction())
            await Eventually.Sees(() => Ready(host), ready => ready is { Status: HttpStatusCode.ServiceUnavailable, Database: var why }
                && why.Contains("accepts no write within 5 s", StringComparison.Ordinal), "the host is not ready and says why");

        await Eventually.Sees(() => Ready(host), ready => ready.Status == HttpStatusCode.OK, "the host is ready again", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Is_not_made_by_tests_of_a_channel_at_once()
    {
        await using var host = await HostProcess.StartNewAsync("hooked", HostSettings.Embedded()
            .With("core__notification__channels__0__name", "hook")
            .With("core__notification__channels__0__type", "webhook")
            .With("core__notification__channels__0__url", $"http://127.0.0.1:{FreePort.Next()}/")
            .With("core__notification__allow_http", "true")
            .With("core__notification__allowed_hosts__0", "127.0.0.1"));
        var api = new CdApi(host.Http);

        // All take a place in one row of the channel's limit; those who find it changed meet DbUpdateConcurrencyException.
        for (var round = 0; round < 5; round++)
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => api.Send(HttpMethod.Post, "notifications/test", new { channel = "hook" })));

        await Eventually.Sees(() => api.AddApplication("web-shop"), answer => !answer.IsUnavailable, "an application is there", TimeSpan.FromSeconds(60));
        await Eventually.Sees(() => Ready(host), ready => ready.Status == HttpStatusCode.OK, "the host is ready");
    }

    private static async Task<(HttpStatusCode Status, string Database)> Ready(HostProcess host)
    {
        using var answer = await host.Http.GetAsync("health/ready");
        var checks = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks").EnumerateArray();
        var database = checks.Single(check => check.GetProperty("name").GetString() == "database");
        return (answer.StatusCode, database.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "");
    }
}
