using System.Security.Claims;
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

    /// <summary>Whether somebody is known by a proxy's word alone, and not by a session.</summary>
    public static bool IsWord(ClaimsPrincipal principal) => principal.Identity?.AuthenticationType == SchemeName;

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
        if (!known.TryGetValue(KeyOf(name), out Core.Access.Subject? subject) || !groups.SetEquals(subject!.Groups))
        {
            var (account, refused) = await accounts.AcceptAsync(AccessModes.Proxy, person.Key, name, groups);
            if (account is null)
                return AuthenticateResult.Fail(refused!);
            subject = known.Set(KeyOf(name), account.AsSubject(), s_remembered);
        }
        return AuthenticateResult.Success(new AuthenticationTicket(Identities.Of(subject, SchemeName), SchemeName));
    }

    /// <summary>The account of somebody is gone: the proxy's next word makes another.</summary>
    public static void Forget(IMemoryCache known, string name) => known.Remove(KeyOf(name));

    private static (string, string) KeyOf(string name) => (nameof(ProxyHandler), name);

    private HashSet<string> Groups() =>
        Request.Headers[auth.Proxy.GroupsHeader].SelectMany(header =>
            header!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        .ToHashSet(StringComparer.Ordinal);
}
