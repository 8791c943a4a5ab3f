using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DevopsCd.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DevopsCd.Host.Tests.Access;

/// <summary>An issuer of tokens that a test writes itself, good ones and others: a provider to log in at, or a CI platform.</summary>
public sealed class FakeIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RsaSecurityKey _key = new(RSA.Create(2048)) { KeyId = "the key" };
    private readonly RsaSecurityKey _strangers = new(RSA.Create(2048)) { KeyId = "the key" };
    private string? _nonce;

    private FakeIssuer(int port)
    {
        Address = $"http://127.0.0.1:{port}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address);
        _app = builder.Build();
        _app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = Address,
            ["authorization_endpoint"] = $"{Address}/authorize",
            ["token_endpoint"] = $"{Address}/token",
            ["jwks_uri"] = $"{Address}/keys"
        });
        var shown = _key.Rsa.ExportParameters(includePrivateParameters: false);
        _app.MapGet("/keys", () => new
        {
            keys = new[]
            {
                new { kty = "RSA", use = "sig", alg = "RS256", kid = _key.KeyId, n = Base64UrlEncoder.Encode(shown.Modulus), e = Base64UrlEncoder.Encode(shown.Exponent) }
            }
        });
        _app.MapGet("/authorize", (HttpRequest request) =>
        {
            _nonce = request.Query["nonce"];
            return Results.Redirect($"{request.Query["redirect_uri"]}?code=x&state={Uri.EscapeDataString(request.Query["state"]!)}");
        });
        _app.MapPost("/token", () => new Dictionary<string, object> { ["access_token"] = "x", ["token_type"] = "Bearer", ["id_token"] = IdToken(this) });
    }

    public string Address { get; }

    /// <summary>Writes the token of a login.</summary>
    public Func<FakeIssuer, string> IdToken { get; set; } = issuer => issuer.Token();

    public static async Task<FakeIssuer> Start(int? port = null)
    {
        var issuer = new FakeIssuer(port ?? FreePort.Next());
        await issuer._app.StartAsync();
        return issuer;
    }

    /// <summary>A good token, but for what is said.</summary>
    public string Token(Dictionary<string, object>? claims = null, string? issuer = null, string audience = IdentityProvider.Client, TimeSpan? expiresIn = null, TimeSpan? validIn = null,
        bool isSignedByStranger = false, string algorithm = SecurityAlgorithms.RsaSha256)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var all = new Dictionary<string, object>(claims ?? []) { ["preferred_username"] = "ann" };
        all.TryAdd("sub", "ann");
        if (_nonce is not null)
            all.TryAdd("nonce", _nonce);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Address,
            Audience = audience,
            Claims = all,
            IssuedAt = now,
            NotBefore = now + (validIn ?? TimeSpan.FromMinutes(-10)),
            Expires = now + (expiresIn ?? TimeSpan.FromMinutes(10)),
            SigningCredentials = algorithm == SecurityAlgorithms.RsaSha256 ? new SigningCredentials(isSignedByStranger ? _strangers : _key, algorithm)
                // The public key as the secret of a symmetric signature: what a careless check takes for its own.
                : new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(_key.Rsa.ExportSubjectPublicKeyInfoPem())) { KeyId = _key.KeyId }, algorithm)
        });
    }

    /// <summary>A good token without its signature.</summary>
    public string WithoutSignature(Dictionary<string, object>? claims = null)
    {
        var payload = Token(claims).Split('.')[1];
        return $"{Base64UrlEncoder.Encode(JsonSerializer.Serialize(new { alg = "none", typ = "JWT" }))}.{payload}.";
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Rsa.Dispose();
        _strangers.Rsa.Dispose();
    }
}
