using System.Net;
using System.Net.Sockets;
using DevopsCd.Testing.Hosting;
using static DevopsCd.Host.Tests.Access.PasswordHost;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A host behind a proxy at 127.0.0.1; whoever comes from 127.0.0.2 is a stranger.</summary>
public sealed class ProxiedHost : IAsyncLifetime
{
    public HostProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Process = await HostProcess.StartNewAsync("proxied", HostSettings.Embedded().With("core__deploy__driver", "external")
        .With("core__auth__mode", "proxy").With("core__auth__trusted_proxies__0", "127.0.0.1/32").With("core__auth__proxy__required_group", "staff")
        .With("core__auth__bindings__0__subject", "group:ops").With("core__auth__bindings__0__role", "admin").With("core__auth__bindings__0__project", "*"));

    public async ValueTask DisposeAsync() => await Process.DisposeAsync();

    /// <summary>Comes from an address of this machine.</summary>
    public HttpClient From(string address) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    })
    { BaseAddress = Process.BaseUrl };
}

public sealed class A_proxy_in_front(ProxiedHost host) : IClassFixture<ProxiedHost>
{
    private const string Proxy = "127.0.0.1", Stranger = "127.0.0.2";

    private static readonly (string, string)[] s_ann = [("X-Forwarded-User", "ann"), ("X-Forwarded-Groups", "staff, ops")];

    [Fact]
    public async Task Says_who_asks()
    {
        using var http = host.From(Proxy);

        var me = await Get(http, "access/me", s_ann);

        me.Json.GetProperty("subject").GetString().ShouldBe("user:ann");
        me.Json.GetProperty("groups").EnumerateArray().Select(g => g.GetString()).ShouldBe(["ops", "staff"], ignoreOrder: true);
        (await Get(http, "access/accounts", s_ann)).Status.ShouldBe(HttpStatusCode.OK);
        (await Get(http, "access/accounts", ("X-Forwarded-User", "bob"), ("X-Forwarded-Groups", "staff"))).ShouldBeProblem(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Opens_the_pages_to_whom_it_names_and_to_nobody_else()
    {
        using var http = host.From(Proxy);
        using var stranger = host.From(Stranger);

        foreach (var path in (string[])["/batches", "/batches/new", "/applications", "/builds"])
        {
            var shown = await Page(http, path, s_ann);
            shown.Status.ShouldBe(HttpStatusCode.OK, path);
            shown.Text.ShouldContain(">ann<");
            shown.Text.ShouldNotContain("action=\"/logout\"");
            (await Page(http, path)).Text.ShouldBe($"/login?return={Uri.EscapeDataString(path)}");
            (await Page(stranger, path, s_ann)).Status.ShouldBe(HttpStatusCode.Forbidden);
        }
        // What somebody may not view is not there for them on pages either.
        await Send(http, HttpMethod.Post, "applications", new { name = "vault-keeper" }, [.. s_ann, ("Sec-Fetch-Site", "same-origin")]);
        (await Page(http, "/applications/vault-keeper", s_ann)).Status.ShouldBe(HttpStatusCode.OK);
        (await Page(http, "/applications/vault-keeper", ("X-Forwarded-User", "bob"), ("X-Forwarded-Groups", "staff"))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await Page(http, "/applications", ("X-Forwarded-User", "bob"), ("X-Forwarded-Groups", "staff"))).Text.ShouldNotContain("vault-keeper");
    }

    [Fact]
    public async Task Is_not_whoever_sends_its_headers()
    {
        using var http = host.From(Stranger);

        (await Get(http, "access/me", s_ann)).ShouldBeProblem(HttpStatusCode.Forbidden).Json.GetProperty("type").GetString().ShouldBe("urn:devopscd:proxy-not-trusted");
        (await Get(http, "access/me", [.. s_ann, ("X-Forwarded-For", Proxy)])).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await Get(http, "access/me", ("X-Forwarded-Groups", "ops"))).ShouldBeProblem(HttpStatusCode.Forbidden);
        (await Get(http, "access/me")).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Lets_nobody_in_without_a_name_or_the_required_group()
    {
        using var http = host.From(Proxy);

        foreach (var headers in ((string, string)[][])[[("X-Forwarded-User", "bob")], [("X-Forwarded-Groups", "staff")], [("X-Forwarded-User", "engine"), ("X-Forwarded-Groups", "staff")],
            [("X-Forwarded-User", "ann"), ("X-Forwarded-User", "root"), ("X-Forwarded-Groups", "staff")], []])
            (await Get(http, "access/me", headers)).ShouldBeProblem(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Origin", "https://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("X-Nothing", "said", HttpStatusCode.Forbidden)]
    [InlineData("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    // The proxy says under which name the page was opened.
    [InlineData("Origin", "https://cd.example", HttpStatusCode.OK)]
    public async Task Changes_nothing_for_a_page_of_another_site(string header, string value, HttpStatusCode expected)
    {
        using var http = host.From(Proxy);

        (await Send(http, HttpMethod.Post, "access/tokens", new { name = "x" }, [.. s_ann, (header, value), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "cd.example")]))
            .Status.ShouldBe(expected);
    }

    /// <summary>The status of a page and its text, or where it leads.</summary>
    private static async Task<(HttpStatusCode Status, string Text)> Page(HttpClient http, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, answer.Headers.Location?.OriginalString ?? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Proxy, "203.0.113.7", "203.0.113.7")]
    // What the client itself has sent stands before what the proxy has added, and is not believed.
    [InlineData(Proxy, "198.51.100.1, 203.0.113.8", "203.0.113.8")]
    [InlineData(Stranger, "203.0.113.9", Stranger)]
    public async Task Alone_is_believed_about_where_a_request_comes_from(string from, string said, string recorded)
    {
        using var http = host.From(from);

        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/access/device") { Content = new FormUrlEncodedContent([new("client_id", $"of {said}")]) };
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", said);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(host.Process.Folder, "data", "devopscd.db")};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT address FROM access_device_logins WHERE client = @client";
        command.Parameters.AddWithValue("@client", $"of {said}");
        command.ExecuteScalar().ShouldBe(recorded);
    }
}
