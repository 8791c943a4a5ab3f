using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DevopsCd.Cli.Tests;

/// <summary>
/// A CI platform as its jobs and a service see it: it signs tokens for jobs, publishes its keys, and gives a job its token as GitHub Actions does.
/// </summary>
internal sealed class CiPlatform : IAsyncDisposable
{
    public const string Audience = "https://cd.example", Repository = "42";

    private readonly RSA _key = RSA.Create(2048);
    private FakeService? _service;

    public Uri Address => _service!.Address;

    public string Issuer => Address.ToString().TrimEnd('/');

    public static async Task<CiPlatform> StartAsync()
    {
        var platform = new CiPlatform();
        platform._service = await FakeService.StartAsync((_, context) => context.Response.WriteAsJsonAsync(platform.Answer(context)));
        return platform;
    }

    /// <summary>The token of a job of the one repository.</summary>
    public string Token()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var text = $"{Part(new { alg = "RS256", kid = "one", typ = "JWT" })}.{Part(new
        {
            iss = Issuer,
            aud = Audience,
            sub = "repo:shop/web",
            repository_id = Repository,
            iat = now,
            nbf = now,
            exp = now + 300
        })}";
        return $"{text}.{Base64Url.EncodeToString(_key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_service is not null)
            await _service.DisposeAsync();
        _key.Dispose();
    }

    private object Answer(HttpContext context)
    {
        if (context.Request.Path == "/.well-known/openid-configuration")
            return new { issuer = Issuer, jwks_uri = $"{Issuer}/keys" };
        if (context.Request.Path != "/keys")
            return new { value = Token() };
        var key = _key.ExportParameters(includePrivateParameters: false);
        return new
        {
            keys = new[]
            {
                new
                {
                    kty = "RSA",
                    use = "sig",
                    alg = "RS256",
                    kid = "one",
                    n = Base64Url.EncodeToString(key.Modulus),
                    e = Base64Url.EncodeToString(key.Exponent)
                }
            }
        };
    }

    private static string Part(object content) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(content));
}
