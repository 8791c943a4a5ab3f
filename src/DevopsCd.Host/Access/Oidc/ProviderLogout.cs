using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>Where somebody who logs out is logged in besides.</summary>
internal sealed class ProviderLogout(IServiceProvider services, SessionStore sessions, PublicAddress published)
{
    /// <summary>The provider's address that ends its session too; null for a session of no provider, and where there is no such address.</summary>
    public async Task<string?> ElsewhereAsync(HttpContext http)
    {
        if (services.GetService<Provider>() is not { } provider
            || await sessions.ProviderOfAsync((await http.AuthenticateAsync(SessionCookie.Scheme)).Principal) is not { } session)
            return null;
        return await provider.LogoutAddressAsync(session, $"{published.Of(http.Request)}{LoginPages.LoginPath}", http.RequestAborted);
    }
}
