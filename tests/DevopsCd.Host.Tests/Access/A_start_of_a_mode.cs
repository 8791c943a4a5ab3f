using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;

namespace DevopsCd.Host.Tests.Access;

public sealed class A_start_of_a_mode
{
    [Theory]
    [InlineData("urls", "http://0.0.0.0:{0}")]
    [InlineData("urls", "http://+:{0}")]
    [InlineData("urls", "http://[::]:{0}")]
    [InlineData("urls", "http://127.0.0.1:{0};http://somewhere:{0}")]
    [InlineData("Kestrel__Endpoints__One__Url", "http://*:{0}")]
    public async Task Without_login_is_refused_beyond_loopback_with_what_to_choose(string key, string address)
    {
        var told = await Told(HostSettings.Embedded().With(key, string.Format(System.Globalization.CultureInfo.InvariantCulture, address, FreePort.Next())));

        told.ShouldContain("core:auth:mode is local");
        told.ShouldContain("core:auth:mode=password");
        told.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("passwort", "'passwort' is unknown; known: ")]
    [InlineData("passwort", "did you mean password?")]
    [InlineData("local,password", "core:auth:mode local stands alone")]
    [InlineData("", "core:auth:mode must be one or several of")]
    public async Task With_a_wrong_mode_says_so(string mode, string said) =>
        (await Told(HostSettings.Embedded().With("core__auth__mode", mode))).ShouldContain(said);

    [Theory]
    [InlineData("oidc", "", "", "core:auth:oidc:authority must be the https address")]
    [InlineData("oidc", "core__auth__oidc__authority", "http://login.example", "core:auth:oidc:authority must be the https address")]
    [InlineData("oidc", "core__auth__oidc__authority", "https://login.example", "core:auth:oidc:client_id is needed")]
    [InlineData("proxy", "", "", "core:auth:trusted_proxies must list the proxies")]
    [InlineData("proxy", "core__auth__trusted_proxies__0", "everybody", "core:auth:trusted_proxies:0 must be an address or a network")]
    [InlineData("local", "core__auth__trusted_proxies__0", "10.0.0.1", "core:auth:trusted_proxies needs another core:auth:mode")]
    [InlineData("password", "core__auth__workloads__0__name", "x", "core:auth:workloads:0:claims must name at least one claim")]
    public async Task With_a_key_missing_or_wrong_says_so(string mode, string key, string value, string said)
    {
        var settings = HostSettings.Embedded().With("core__auth__mode", mode);

        (await Told(key.Length == 0 ? settings : settings.With(key, value))).ShouldContain(said);
    }

    private static async Task<string> Told(HostSettings settings)
    {
        await using var host = new HostProcess("refused", settings);

        host.Launch();
        (await host.UntilEndedAsync()).ShouldBe(2, host.LogTail);

        return host.LogTail;
    }
}
