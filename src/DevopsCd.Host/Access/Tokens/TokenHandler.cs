using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace DevopsCd.Host.Access.Tokens;

/// <summary>Knows programs by their token: <c>Authorization: Bearer dcd_…</c>, or <c>X-API-Key</c>, which the deploy service sends.</summary>
internal sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessDbContext db,
    KnownSubjects subjects)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "token";

    private const string Bearer = "Bearer ", ApiKey = "X-API-Key";
    private static readonly TimeSpan s_precision = TimeSpan.FromMinutes(1);

    /// <summary>What a request sends as <c>Authorization: Bearer</c>, ours or not; null when it sends nothing of the kind.</summary>
    public static string? SentAsBearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { } header && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header[Bearer.Length..].Trim() : null;

    /// <summary>What a request sends as its token; null when it sends none of ours.</summary>
    public static string? Sent(HttpRequest request)
    {
        var sent = SentAsBearer(request) ?? request.Headers[ApiKey].ToString();
        return sent.StartsWith(TokenText.Prefix, StringComparison.Ordinal) ? sent : null;
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Sent(Request) is not { } sent)
            return AuthenticateResult.NoResult();
        if (TokenText.IdOf(sent) is not { } id || await db.Tokens.SingleOrDefaultAsync(t => t.Id == id, Context.RequestAborted) is not { } token
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Secrets.HashOf(sent)), Encoding.ASCII.GetBytes(token.Hash)))
            return AuthenticateResult.Fail("unknown token");
        var now = TimeProvider.GetUtcNow();
        if (!token.IsValid(now))
            return AuthenticateResult.Fail("token over");
        if (await subjects.OfAsync(token, Context.RequestAborted) is not { } subject)
            return AuthenticateResult.Fail("the owner is not let in any more");
        await UseAsync(token, now);
        return AuthenticateResult.Success(new AuthenticationTicket(Identities.Of(subject, SchemeName), SchemeName));
    }

    private async Task UseAsync(ApiToken token, DateTimeOffset now)
    {
        if (token.LastUsedAt is { } last && now - last < s_precision)
            return;
        token.LastUsedAt = now;
        await db.SaveChangesAsync(Context.RequestAborted);
    }
}
