using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A host where people log in at a provider, or with a password. Who is in <c>staff</c> gets in; <c>ops</c> are administrators.</summary>
public sealed class ProviderHost : IAsyncLifetime
{
    private HostProcess? _host;

    public HostProcess Process => _host!;

    public IdentityProvider Provider { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var port = FreePort.Next();
        _host = new HostProcess("provider", HostSettings.Embedded().With("core__deploy__driver", "external")
            .With("core__auth__mode", "oidc,password")
            .With("core__auth__oidc__authority", $"http://127.0.0.1:{port}")
            .With("core__auth__oidc__client_id", IdentityProvider.Client)
            .With("core__auth__oidc__client_secret", IdentityProvider.Secret)
            .With("core__auth__oidc__required_group", "staff")
            .With("core__auth__oidc__refresh_interval", "1s")
            .With("core__auth__bindings__0__subject", "group:ops")
            .With("core__auth__bindings__0__role", "admin")
            .With("core__auth__bindings__0__project", "*"));
        Provider = new IdentityProvider(port, _host.BaseUrl.ToString().TrimEnd('/'));
        await Provider.Start();
        await _host.StartAsync();
        using var http = PasswordHost.Client(_host);
        (await PasswordHost.Post(http, "access/password", new
        {
            token = await PasswordHost.SetUpToken(_host),
            name = "root",
            password = PasswordHost.Password
        })).Status.ShouldBe(HttpStatusCode.NoContent);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        if (Provider is not null)
            await Provider.DisposeAsync();
    }

    public Uri At(string path) => new(Process.BaseUrl, path);

    /// <summary>Somebody new, whom the provider knows.</summary>
    public async Task<string> Person(params string[] groups)
    {
        var name = $"p{Guid.NewGuid():N}"[..12];
        await Provider.Knows(name, groups);
        return name;
    }

    /// <summary>Goes to the provider and back.</summary>
    public async Task<Browser> LogIn(string name)
    {
        var browser = new Browser();
        await browser.Go(At("login/oidc?return=/login"));
        browser.Page.ShouldContain("Sign in", customMessage: browser.At.ToString());
        await browser.Submit(("login", name));
        return browser;
    }

    public async Task<HttpStatusCode> Me(Browser browser) => await browser.Ask(At("api/v1/access/me"));
}
