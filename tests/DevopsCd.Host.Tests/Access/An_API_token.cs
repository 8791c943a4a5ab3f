using System.Net;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Tests.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

public sealed class An_API_token(PasswordHost host) : IClassFixture<PasswordHost>
{
    [Fact]
    public async Task Acts_for_its_owner_until_it_is_revoked()
    {
        using var root = await host.LoggedIn();
        var made = await Make(root, new { name = "pipeline" });
        using var program = host.NewClient();

        foreach (var header in ((string, string)[])[Bearer(made), ("X-API-Key", made.Token)])
            (await Send(program, HttpMethod.Post, "applications", new { name = ApiHost.Name() }, header)).Status.ShouldBe(HttpStatusCode.Created);
        (await Get(program, "access/me", Bearer(made))).Json.GetProperty("subject").GetString().ShouldBe($"token:{made.Id}");
        Listed(await Get(root, "access/tokens"), made.Id).TryGetProperty("lastUsedAt", out _).ShouldBeTrue();
        (await Send(root, HttpMethod.Delete, $"access/tokens/{made.Id}", null, ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get(program, "access/me", Bearer(made))).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Is_recognised_by_its_form_and_kept_by_nobody()
    {
        using var root = await host.LoggedIn();

        var made = await Make(root, new { name = "x" });

        made.Token.ShouldMatch("^dcd_[0-9a-z]{12}_[0-9A-Za-z]{49}$");
        TokenText.IdOf(made.Token).ShouldBe(made.Id);
        TokenText.IdOf(made.Token[..^1] + (made.Token[^1] == 'a' ? 'b' : 'a')).ShouldBeNull();
        (await Get(root, "access/tokens")).Text.ShouldNotContain(made.Token);
        host.Process.LogTail.ShouldNotContain(made.Token);
        foreach (var file in Directory.GetFiles(Path.Combine(host.Process.Folder, "data"), "*.db*").Where(file =>
            !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldNotContain(made.Token.Split('_')[2]);
        }
    }

    [Fact]
    public async Task Is_of_no_use_with_another_secret()
    {
        using var root = await host.LoggedIn();
        var (one, other) = (await Make(root, new { name = "one" }), await Make(root, new { name = "other" }));
        using var program = host.NewClient();

        foreach (var forged in (string[])[one.Token.Replace(one.Id, other.Id, StringComparison.Ordinal), TokenText.New().Text, "dcd_", "dcd_x_y",
            one.Token.ToUpperInvariant()])
            (await Get(program, "access/me", ("Authorization", $"Bearer {forged}"))).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("batches?access_token={0}")]
    [InlineData("batches?q={0}")]
    [InlineData("applications/{0}")]
    public async Task Is_refused_in_an_address(string path)
    {
        using var root = await host.LoggedIn();
        var made = await Make(root, new { name = "x" });

        var reply = await Get(root, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, made.Token), Bearer(made));

        reply.ShouldBeProblem(HttpStatusCode.BadRequest).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:token-in-address");
        host.Process.LogTail.ShouldNotContain(made.Token);
    }

    [Fact]
    public async Task Ends_by_itself_and_no_later_than_the_configuration_says()
    {
        using var root = await host.LoggedIn();

        var usual = DateTimeOffset.Parse((await Post(root, "access/tokens", new { name = "x" })).Json.GetProperty("expiresAt").GetString()!,
            System.Globalization.CultureInfo.InvariantCulture);

        (usual - TimeProvider.System.GetUtcNow()).TotalDays.ShouldBeInRange(89.9, 90.1);
        foreach (var days in (int[])[0, 366, int.MaxValue])
            (await Post(root, "access/tokens", new
            {
                name = "x",
                expiresInDays = days
            })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["expiresInDays"]);
    }

    [Fact]
    public async Task Has_no_more_than_its_owner()
    {
        using var ann = await host.LoggedIn(await host.Account());

        (await Post(ann, "access/tokens", new
        {
            name = "x",
            permissions = new[] { "access.manage" }
        })).ShouldBeProblem(HttpStatusCode.UnprocessableEntity).Fields.ShouldBe(["permissions"]);
        (await Post(ann, "access/tokens", new { name = "x", permissions = new[] { "aprove" } })).ShouldExplain(HttpStatusCode.UnprocessableEntity,
            "did you mean approve?");
    }

    [Fact]
    public async Task Ends_with_its_owners_account_and_does_not_come_back_with_the_name()
    {
        var name = await host.Account();
        using var ann = await host.LoggedIn(name);
        var made = await Make(ann, new { name = "x" });
        using var root = await host.LoggedIn();
        using var program = host.NewClient();
        (await Get(program, "access/me", Bearer(made))).Status.ShouldBe(HttpStatusCode.OK);

        (await Send(root, HttpMethod.Delete, $"access/accounts/{name}", null, ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get(program, "access/me", Bearer(made))).ShouldBeProblem(HttpStatusCode.Unauthorized);
        var path = (await Post(root, "access/accounts", new { name })).Json.GetProperty("path").GetString()!;
        using var again = host.NewClient();
        (await Post(again, "access/password", new { token = path.Split('=')[1], password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Get(program, "access/me", Bearer(made))).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Makes_no_other_token_and_shows_and_revokes_none_of_somebody_else()
    {
        using var root = await host.LoggedIn();
        using var ann = await host.LoggedIn(await host.Account());
        var made = await Make(root, new { name = "roots" });
        using var program = host.NewClient();

        (await Send(program, HttpMethod.Post, "access/tokens", new { name = "x" }, Bearer(made))).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await Get(ann, "access/tokens")).Json.GetProperty("items").GetArrayLength().ShouldBe(0);
        (await Send(ann, HttpMethod.Delete, $"access/tokens/{made.Id}", null, ("Sec-Fetch-Site", "same-origin"))).ShouldBeProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Revoked_on_one_host_is_refused_by_the_other_at_once_as_is_a_session()
    {
        await using var database = await PostgresDatabase.CreateAsync();
        HostSettings Settings() =>
            HostSettings.Embedded().With("core__storage__provider", "postgres").With("core__storage__connection_string", database.ConnectionString)
            .With("core__auth__mode", "password").With("core__deploy__driver", "external");
        await using var one = await HostProcess.StartNewAsync("one", Settings());
        await using var two = await HostProcess.StartNewAsync("two", Settings());
        using var there = PasswordHost.Client(one);
        (await Post(there, "access/password", new
        {
            token = await SetUpToken(one),
            name = "root",
            password = Password
        })).Status.ShouldBe(HttpStatusCode.NoContent);
        var made = await Make(there, new { name = "x" });
        using var elsewhere = new HttpClient { BaseAddress = two.BaseUrl };
        var cookie = (await Cookie(one), await Cookie(two));
        (await Get(elsewhere, "access/me", Bearer(made))).Status.ShouldBe(HttpStatusCode.OK);
        (await Get(elsewhere, "access/me", ("Cookie", cookie.Item1))).Status.ShouldBe(HttpStatusCode.OK, "a session of one is a session of the other");

        (await Send(there, HttpMethod.Delete, $"access/tokens/{made.Id}", null, ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(HttpStatusCode.NoContent);
        (await Post(elsewhere, "access/logout", null, ("Cookie", cookie.Item1), ("Sec-Fetch-Site", "same-origin"))).Status.ShouldBe(HttpStatusCode.NoContent);

        (await Get(elsewhere, "access/me", Bearer(made))).ShouldBeProblem(HttpStatusCode.Unauthorized);
        using var again = new HttpClient { BaseAddress = one.BaseUrl };
        (await Get(again, "access/me", ("Cookie", cookie.Item1))).ShouldBeProblem(HttpStatusCode.Unauthorized);
        (await Get(again, "access/me", ("Cookie", cookie.Item2))).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<string> Cookie(HostProcess host)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = host.BaseUrl };
        using var answer = await http.PostAsync("api/v1/access/login", System.Net.Http.Json.JsonContent.Create(new
        {
            name = "root",
            password = Password
        }), TestContext.Current.CancellationToken);
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static (string, string) Bearer((string Id, string Token) made) => ("Authorization", $"Bearer {made.Token}");

    private static System.Text.Json.JsonElement Listed(Reply reply, string id) =>
        reply.Json.GetProperty("items").EnumerateArray().Single(t => t.GetProperty("id").GetString() == id);

    private static async Task<(string Id, string Token)> Make(HttpClient http, object body)
    {
        var reply = await Post(http, "access/tokens", body);
        reply.Status.ShouldBe(HttpStatusCode.OK, reply.Text);
        return (reply.Json.GetProperty("id").GetString()!, reply.Json.GetProperty("token").GetString()!);
    }
}
