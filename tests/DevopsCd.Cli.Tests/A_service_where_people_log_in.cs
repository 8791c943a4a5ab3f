using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Cli.Tests;

public sealed partial class A_service_where_people_log_in : IAsyncLifetime
{
    private HostProcess? _host;
    private string _token = "", _cookie = "";

    public async ValueTask InitializeAsync()
    {
        _host = await HostProcess.StartNewAsync("cli-password", HostSettings.Embedded().With("core__auth__mode", "password")
            .With("core__storage__sample_catalogue", "true"));
        await Eventually.IsTrue(() => Link().IsMatch(_host.LogTail), "the link is logged");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _host.BaseUrl };
        using var set = await PostAsync(http, "access/password",
            new { token = Link().Match(_host.LogTail).Groups["token"].Value, name = "root", password = "a long way to Tipperary" }, null);
        _cookie = set.Headers.GetValues("Set-Cookie").First(c => c.StartsWith("__Host-devopscd=", StringComparison.Ordinal)).Split(';')[0];
        using var made = await PostAsync(http, "access/tokens", new { name = "cli" }, _cookie);
        _token = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
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
    public async Task Knows_a_person_who_allows_a_code_in_a_browser_until_they_log_out()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = _host!.BaseUrl };
        await using var service = await FakeService.StartAsync(async (_, context) =>
        {
            var answer = await FakeService.ForwardAsync(context, http);
            if (context.Request.Path == "/api/v1/access/device")
                await AllowAsync(http, JsonDocument.Parse(answer).RootElement.GetProperty("user_code").GetString()!);
        });
        var clock = new CountingClock();
        using var cli = new Cli { Typed = "", Clock = clock };

        var login = cli.RunAsync("login", service.Address.ToString());
        await Eventually.IsTrue(() => clock.Timers > 0, "it waits for the person");
        clock.Advance(TimeSpan.FromSeconds(5));
        var run = await login;
        var who = await cli.DoAsync("whoami", "-o", "name");
        var kept = await File.ReadAllTextAsync(cli.ConfigPath, TestContext.Current.CancellationToken);
        var token = Kept().Match(kept).Groups["token"].Value;
        var logout = await cli.RunAsync("logout");

        run.Exit.ShouldBe(ExitCodes.Ok, run.Error);
        run.Error.ShouldContain("/device?code=");
        who.ShouldStartWith("token:");
        token.ShouldStartWith("dcd_");
        (run.Out + run.Error + who + logout.Error).ShouldNotContain(token);
        logout.Error.ShouldNotContain("still works");
        (await new Cli(_host.BaseUrl).With("DEVOPSCD_TOKEN", token).RunAsync("whoami")).Exit.ShouldBe(ExitCodes.NotAllowed);
    }

    [Fact]
    public async Task Does_nothing_for_nobody_whatever_the_command()
    {
        using var cli = new Cli(_host!.BaseUrl);
        var folder = Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"catalogue-{Guid.NewGuid():N}")).FullName, "a.yaml");
        await File.WriteAllTextAsync(folder, "kind: Freeze\nname: f\nreason: r\n", TestContext.Current.CancellationToken);

        foreach (var example in CommandExamples.OfTheService(cli.Root))
        {
            var run = await cli.RunAsync([.. example.Select(word => word == "catalogue/" ? folder : word)]);
            (run.Exit, run.Out).ShouldBe((ExitCodes.NotAllowed, ""), $"{string.Join(' ', example)}: {run.Error}");
        }
        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
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

    private async Task AllowAsync(HttpClient http, string code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "device")
        {
            Content = new FormUrlEncodedContent([new("code", code), new("decision", "allow")])
        };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.TryAddWithoutValidation("Cookie", _cookie);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
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

    [GeneratedRegex("login-token: \"(?<token>[^\"]+)\"")]
    private static partial Regex Kept();

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();
}
