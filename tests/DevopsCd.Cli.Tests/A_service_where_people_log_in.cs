using System.Net.Http.Json;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Cli.Tests;

public sealed partial class A_service_where_people_log_in : IAsyncLifetime
{
    private HostProcess? _host;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _host = await HostProcess.StartNewAsync("cli-password", HostSettings.Embedded().With("core__auth__mode", "password")
            .With("core__storage__sample_catalogue", "true"));
        await Eventually.IsTrue(() => Link().IsMatch(_host.LogTail), "the link is logged");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _host.BaseUrl };
        using var set = await PostAsync(http, "access/password",
            new { token = Link().Match(_host.LogTail).Groups["token"].Value, name = "root", password = "a long way to Tipperary" }, null);
        var cookie = set.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-devopscd=", StringComparison.Ordinal)).Split(';')[0];
        using var made = await PostAsync(http, "access/tokens", new { name = "cli" }, cookie);
        _token = (await made.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("token").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    [Fact]
    public async Task Knows_a_person_by_a_token_that_is_shown_nowhere()
    {
        using var cli = new Cli { Input = $"{_token}\n" };

        var login = await cli.RunAsync("login", _host!.BaseUrl.ToString(), "--token");
        var who = await cli.DoAsync("whoami", "-o", "name");
        var batches = await cli.RunAsync("batch", "list");

        login.Exit.ShouldBe(ExitCodes.Ok, login.Error);
        who.ShouldStartWith("token:");
        batches.Exit.ShouldBe(ExitCodes.Ok, batches.Error);
        (login.Out + login.Error + who + await cli.DoAsync("context", "list")).ShouldNotContain(_token);
    }

    [Fact]
    public async Task Lets_nobody_in_without_one_or_with_a_wrong_one()
    {
        using var cli = new Cli(_host!.BaseUrl);

        var nobody = await cli.RunAsync("batch", "list");
        var stranger = await cli.With("DEVOPSCD_TOKEN", "dcd_nothing").RunAsync("batch", "list");

        (nobody.Exit, stranger.Exit).ShouldBe((ExitCodes.NotAllowed, ExitCodes.NotAllowed));
        nobody.Error.ShouldContain("devopscd login");
    }

    [Fact]
    public async Task Makes_no_token_for_a_token_and_revokes_one()
    {
        using var cli = new Cli(_host!.BaseUrl).With("DEVOPSCD_TOKEN", _token);

        var made = await cli.RunAsync("token", "create", "another");
        var id = (await cli.DoAsync("token", "list", "-o", "name")).Split('\n')[0];
        await cli.DoAsync("token", "revoke", id);

        (made.Exit, made.Out).ShouldBe((ExitCodes.NotAllowed, ""));
        (await cli.RunAsync("whoami")).Exit.ShouldBe(ExitCodes.NotAllowed);
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string path, object body, string? cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (cookie is not null)
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        var answer = await http.SendAsync(request);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return answer;
    }

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();
}
