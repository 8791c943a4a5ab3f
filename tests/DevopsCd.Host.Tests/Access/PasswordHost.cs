using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using DevopsCd.Host.Tests.Api;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A host where people log in with passwords. Its first account is <c>root</c>.</summary>
public sealed partial class PasswordHost : IAsyncLifetime
{
    public const string Password = "a long way to Tipperary";

    private HostProcess? _host;

    public HostProcess Process => _host!;

    public async ValueTask InitializeAsync()
    {
        _host = await HostProcess.StartNewAsync("password", HostSettings.Embedded().With("core__auth__mode", "password").With("core__deploy__driver",
            "external"));
        var token = await SetUpToken(_host);
        using var http = NewClient();
        (await Post(http, "access/password", new { token, name = "root", password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
    }

    /// <summary>The secret of the link that a first start logs.</summary>
    public static async Task<string> SetUpToken(HostProcess host)
    {
        await Eventually.IsTrue(() => Link().IsMatch(host.LogTail), "the link is logged");
        return Link().Match(host.LogTail).Groups["token"].Value;
    }

    /// <summary>A browser of its own: it keeps cookies, and follows no redirect.</summary>
    public HttpClient NewClient() => Client(Process);

    public static HttpClient Client(HostProcess host) => new(new Cookies()) { BaseAddress = host.BaseUrl };

    public async Task<HttpClient> LoggedIn(string name = "root")
    {
        var http = NewClient();
        var reply = await Post(http, "access/login", new { name, password = Password });
        reply.Status.ShouldBe(HttpStatusCode.NoContent, reply.Text);
        return http;
    }

    /// <summary>A new account; its name.</summary>
    public async Task<string> Account()
    {
        var name = $"p{Guid.NewGuid():N}"[..12];
        using var root = await LoggedIn();
        var path = (await Post(root, "access/accounts", new { name })).Json.GetProperty("path").GetString()!;
        using var http = NewClient();
        (await Post(http, "access/password", new { token = path.Split('=')[1], password = Password })).Status.ShouldBe(HttpStatusCode.NoContent);
        return name;
    }

    public static Task<Reply> Get(HttpClient http, string path, params (string Name, string Value)[] headers) =>
        Send(http, HttpMethod.Get, path, null, headers);

    /// <summary>As a page of the service sends it.</summary>
    public static Task<Reply> Post(HttpClient http, string path, object? body, params (string Name, string Value)[] headers) =>
        Send(http, HttpMethod.Post, path, body, headers.Length > 0 ? headers : [("Sec-Fetch-Site", "same-origin")]);

    public static async Task<Reply> Send(HttpClient http, HttpMethod method, string path, object? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Content = body as HttpContent ?? (body is null ? null : JsonContent.Create(body));
        using var answer = await http.SendAsync(request);
        return new Reply(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, null, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"/setup\?token=(?<token>[\w-]{43})")]
    private static partial Regex Link();

    /// <summary>Keeps the session's cookie as a browser on loopback does, which .NET's own jar keeps for HTTPS only.</summary>
    public sealed class Cookies() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
    {
        public string? Jar { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Jar is not null)
                request.Headers.TryAddWithoutValidation("Cookie", Jar);
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.Headers.TryGetValues("Set-Cookie", out var set) && set.FirstOrDefault(c =>
                c.StartsWith("__Host-devopscd=", StringComparison.Ordinal)) is { } cookie)
                Jar = cookie.Contains("1970", StringComparison.Ordinal) ? null : cookie.Split(';')[0];
            return answer;
        }
    }
}
