using System.Net;
using DevopsCd.Testing;
using DevopsCd.Testing.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace DevopsCd.Host.Tests.Access;

/// <summary>A host whose provider writes whatever a test wants.</summary>
public sealed class ForgeryHost : IAsyncLifetime
{
    public HostProcess Process { get; private set; } = null!;

    public FakeIssuer Issuer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Issuer = await FakeIssuer.Start();
        Process = await HostProcess.StartNewAsync("forgery", HostSettings.Embedded().With("core__deploy__driver", "external").With("core__auth__mode", "oidc")
            .With("core__auth__oidc__authority", Issuer.Address).With("core__auth__oidc__client_id", IdentityProvider.Client));
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
        if (Issuer is not null)
            await Issuer.DisposeAsync();
    }
}

public sealed class A_token_of_a_provider(ForgeryHost host) : IClassFixture<ForgeryHost>
{
    private static readonly Dictionary<string, (Func<FakeIssuer, string> Of, bool IsGood)> s_tokens = new()
    {
        ["a good one"] = (issuer => issuer.Token(), true),
        ["a clock half a minute behind"] = (issuer => issuer.Token(validIn: TimeSpan.FromSeconds(30)), true),
        ["no signature"] = (issuer => issuer.WithoutSignature(), false),
        ["another key"] = (issuer => issuer.Token(isSignedByStranger: true), false),
        ["the public key as a secret"] = (issuer => issuer.Token(algorithm: SecurityAlgorithms.HmacSha256), false),
        ["another audience"] = (issuer => issuer.Token(audience: "another service"), false),
        ["another issuer"] = (issuer => issuer.Token(issuer: "https://attacker.example"), false),
        ["its time is over"] = (issuer => issuer.Token(expiresIn: TimeSpan.FromMinutes(-5)), false),
        ["its time has not come"] = (issuer => issuer.Token(validIn: TimeSpan.FromMinutes(5)), false),
        ["another login's"] = (issuer => issuer.Token(new Dictionary<string, object> { ["nonce"] = "another" }), false),
    };

    public static TheoryData<string> Tokens => [.. s_tokens.Keys];

    [Theory, MemberData(nameof(Tokens))]
    public async Task Lets_in_only_when_all_of_it_is_right(string what)
    {
        (host.Issuer.IdToken, var isGood) = s_tokens[what];
        using var browser = new Browser();

        await browser.Go(new Uri(host.Process.BaseUrl, "login/oidc?return=/login"));

        (await browser.Ask(new Uri(host.Process.BaseUrl, "api/v1/access/me"))).ShouldBe(isGood ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, $"{what}: {browser.Page}");
    }
}
