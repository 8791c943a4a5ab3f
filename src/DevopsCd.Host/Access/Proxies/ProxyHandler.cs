using System.Text.Encodings.Web;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace DevopsCd.Host.Access.Proxies;

/// <summary>Mode <c>proxy</c>: a trusted proxy says in a header who asks. Who has a session of this service besides is who the session says.</summary>
internal sealed class ProxyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AuthOptions auth,
    ProvidedAccounts accounts, IMemoryCache known) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = AccessModes.Proxy;

    /// <summary>The account of who asks again within this time is not looked up.</summary>
    private static readonly TimeSpan s_remembered = TimeSpan.FromMinutes(1);

    /// <summary>Whether a request names somebody as a proxy does.</summary>
    public static bool Names(HttpRequest request, ProxyOptions proxy) => request.Headers.ContainsKey(proxy.UserHeader)
        || request.Headers.ContainsKey(proxy.GroupsHeader);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Cookies.ContainsKey(SessionCookie.Name) && await Context.AuthenticateAsync(SessionCookie.Scheme) is { Succeeded: true } session)
            return session;
        if (!ProxyPeer.IsTrusted(Context))
            return AuthenticateResult.NoResult();
        var (users, groups) = (Request.Headers[auth.Proxy.UserHeader], Groups());
        // Two names are one too many: one of them may be the client's own.
        if (users.Count != 1 || users[0]!.Trim() is not { Length: > 0 } name)
            return AuthenticateResult.Fail("the proxy names nobody, or several");
        var person = new Oidc.ProviderPerson(Secrets.HashOf(name), name, groups);
        if (!person.IsIn(auth.Proxy.RequiredGroup))
        {
            await accounts.ShutOutAsync(AccessModes.Proxy, person.Key, $"is not in the group {auth.Proxy.RequiredGroup}");
            return AuthenticateResult.Fail($"not in {auth.Proxy.RequiredGroup}");
        }
        var key = (nameof(ProxyHandler), name, string.Join('\n', groups.Order(StringComparer.Ordinal)));
        if (!known.TryGetValue(key, out Core.Access.Subject? subject))
        {
            var (account, refused) = await accounts.AcceptAsync(AccessModes.Proxy, person.Key, name, groups);
            if (account is null)
                return AuthenticateResult.Fail(refused!);
            subject = known.Set(key, account.AsSubject(), s_remembered);
        }
        return AuthenticateResult.Success(new AuthenticationTicket(Identities.Of(subject!, SchemeName), SchemeName));
    }

    private HashSet<string> Groups() =>
        Request.Headers[auth.Proxy.GroupsHeader].SelectMany(header =>
            header!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .ToHashSet(StringComparer.Ordinal);
}
