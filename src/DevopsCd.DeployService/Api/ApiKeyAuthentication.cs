using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using DevopsCd.DeployService.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DevopsCd.DeployService.Api;

/// <summary>Knows a caller by the hash of its <c>X-API-Key</c>. Every configured hash is compared, each in constant time.</summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemes, ILoggerFactory logs, UrlEncoder encoder, IOptions<DeployServiceOptions> options)
    : AuthenticationHandler<AuthenticationSchemeOptions>(schemes, logs, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string Header = "X-API-Key";

    private const int LongestKey = 512;

    public static Caller CallerOf(HttpContext context) => (Caller)context.Items[typeof(Caller)]!;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header] is not [{ Length: > 0 and <= LongestKey } key])
            return Task.FromResult(AuthenticateResult.NoResult());
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        ApiKeyOptions? found = null;
        foreach (var candidate in options.Value.Keys)
            foreach (var known in candidate.Hashes)
                if (CryptographicOperations.FixedTimeEquals(Convert.FromHexString(known), hash))
                    found = candidate;
        if (found is null)
            return Task.FromResult(AuthenticateResult.Fail("unknown key"));
        Context.Items[typeof(Caller)] = new Caller(found);
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, found.Name)], Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        Problems.WriteAsync(Context, ProblemTypes.KeyNeeded, $"send a known key in the header {Header}");
}
