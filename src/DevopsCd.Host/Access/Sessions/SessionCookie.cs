using DevopsCd.Host.Access.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace DevopsCd.Host.Access.Sessions;

/// <summary>The cookie of a session: for this host only, over HTTPS (browsers count loopback as such), out of reach of scripts.</summary>
internal static class SessionCookie
{
    public const string Scheme = "session";
    public const string Name = "__Host-devopscd";

    public static void AddSessionCookie(this AuthenticationBuilder schemes, AuthOptions options)
    {
        schemes.AddCookie(Scheme, cookie =>
        {
            cookie.Cookie.Name = Name;
            cookie.Cookie.Path = "/";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.Always;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = options.SessionIdle.Value;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = LoginPages.LoginPath;
            cookie.ReturnUrlParameter = "return";
        });
        schemes.Services.AddSingleton<SessionStore>();
        schemes.Services.AddOptions<CookieAuthenticationOptions>(Scheme).Configure<SessionStore>((cookie, store) => cookie.SessionStore = store);
    }
}
