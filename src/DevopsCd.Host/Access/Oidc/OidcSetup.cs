using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DevopsCd.Host.Access.Oidc;

/// <summary>Mode <c>oidc</c>: the framework's handler carries the login, and ends it in a session of ours.</summary>
internal static class OidcSetup
{
    public const string Scheme = AccessModes.Oidc;

    /// <summary>Where the provider sends a browser back to.</summary>
    public const string Callback = "/login/oidc/callback";

    private const string Again = "again", Groups = "groups", Offline = "offline_access";
    private static readonly string[] s_usual = ["openid", "profile", "email"];

    /// <summary>What the audit says, whatever the reader's language.</summary>
    private static readonly TextTable s_english = new(Language.English);

    /// <summary>How far the provider's clock may be off.</summary>
    private static readonly TimeSpan s_skew = TimeSpan.FromMinutes(1);

    public static void AddOidc(this AuthenticationBuilder schemes, OidcOptions options, PublicAddress published)
    {
        schemes.AddOpenIdConnect(Scheme, oidc =>
        {
            oidc.SignInScheme = SessionCookie.Scheme;
            oidc.Authority = options.Authority;
            oidc.RequireHttpsMetadata = !options.IsOnLoopback;
            oidc.ClientId = options.ClientId;
            oidc.ClientSecret = options.ClientSecret;
            oidc.ResponseType = OpenIdConnectResponseType.Code;
            // By the address and not by a form of the provider's page: a browser sends such a form without our cookies.
            oidc.ResponseMode = OpenIdConnectResponseMode.Query;
            oidc.UsePkce = true;
            oidc.CallbackPath = Callback;
            oidc.RemoteSignOutPath = default;
            oidc.MapInboundClaims = false;
            oidc.GetClaimsFromUserInfoEndpoint = true;
            oidc.SaveTokens = true;
            oidc.DisableTelemetry = true;
            oidc.BackchannelTimeout = TimeSpan.FromSeconds(10);
            oidc.RefreshInterval = TimeSpan.FromSeconds(30);
            oidc.ClaimActions.MapJsonKey(options.NameClaim, options.NameClaim);
            oidc.ClaimActions.MapJsonKey(options.GroupsClaim, options.GroupsClaim);
            oidc.ClaimActions.MapJsonKey(ProviderPerson.Verified, ProviderPerson.Verified);
            oidc.TokenValidationParameters = new TokenValidationParameters
            {
                ClockSkew = s_skew,
                NameClaimType = options.NameClaim,
                RoleClaimType = options.GroupsClaim
            };
            foreach (var cookie in (CookieBuilder[])[oidc.CorrelationCookie, oidc.NonceCookie])
                (cookie.SecurePolicy, cookie.SameSite, cookie.HttpOnly) = (CookieSecurePolicy.Always, SameSiteMode.Lax, true);
            oidc.Events = new OpenIdConnectEvents
            {
                OnRedirectToIdentityProvider = async context =>
                {
                    if (published.Url is { Length: > 0 } url)
                        context.ProtocolMessage.RedirectUri = $"{url.TrimEnd('/')}{Callback}";
                    context.ProtocolMessage.Scope = Scopes(options,
                        await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted));
                },
                OnTokenResponseReceived = context =>
                {
                    // The framework lets a token without a signature pass where it comes straight from the provider.
                    if (new JsonWebToken(context.TokenEndpointResponse.IdToken).EncodedSignature.Length == 0)
                        context.Fail("the provider's token is not signed");
                    return Task.CompletedTask;
                },
                OnTicketReceived = context => AcceptAsync(context, options),
                OnAccessDenied = context => RefuseAsync(context, texts => texts.ProviderRefused),
                OnRemoteFailure = FailAsync
            };
        });
        schemes.Services.AddSingleton<Provider>();
        schemes.Services.AddHostedService<SessionRefresh>();
    }

    /// <summary>Where the login begins, for a page that wants to come back.</summary>
    public static string StartPath(string? back, bool isAgain = false) =>
        $"/login/oidc?return={Uri.EscapeDataString(LoginPages.ReturnPath(back))}{(isAgain ? $"&{Again}=1" : "")}";

    public static AuthenticationProperties Begin(HttpRequest request) => new()
    {
        RedirectUri = LoginPages.ReturnPath(request.Query["return"]),
        Items = { [Again] = request.Query.ContainsKey(Again) ? "1" : null }
    };

    private static string Scopes(OidcOptions options, OpenIdConnectConfiguration provider) => string.Join(' ',
        options.Scopes.Count > 0 ? options.Scopes.Prepend(s_usual[0]).Distinct()
            : s_usual.Concat(provider.ScopesSupported.Where(scope => scope is Groups or Offline)));

    private static async Task AcceptAsync(TicketReceivedContext context, OidcOptions options)
    {
        var (services, properties, claims) = (context.HttpContext.RequestServices, context.Properties!, context.Principal!.Claims.ToList());
        var issuer = claims.Find(claim => claim.Type == "iss")?.Value
            ?? (await ((OpenIdConnectOptions)context.Options).ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted)).Issuer;
        var person = ProviderPerson.Of(issuer, claims, options);
        if (!person.IsIn(options.RequiredGroup))
        {
            await services.GetRequiredService<ProvidedAccounts>().ShutOutAsync(AccessModes.Oidc, person.Key, s_english.OnlyMembers(options.RequiredGroup));
            await RefuseAsync(context, texts => texts.OnlyMembers(options.RequiredGroup), person.Name);
            return;
        }
        if (person.Name is not { } name)
        {
            await RefuseAsync(context, texts => texts.NoVerified(options.NameClaim));
            return;
        }
        var (account, refused) = await services.GetRequiredService<ProvidedAccounts>().AcceptAsync(AccessModes.Oidc, person.Key, name, person.Groups);
        if (account is null)
        {
            await RefuseAsync(context, _ => refused!, name);
            return;
        }
        var session = new ProviderSession(person.Key, claims.Find(claim => claim.Type == "sid")?.Value,
            properties.GetTokenValue(OpenIdConnectParameterNames.RefreshToken), properties.GetTokenValue(OpenIdConnectParameterNames.IdToken));
        var subject = account.AsSubject();
        services.GetRequiredService<LoginJournal>().Add(LoginJournal.LoggedIn, subject.Id, AccessModes.Oidc, by: subject.Id);
        await services.GetRequiredService<AccessDbContext>().SaveChangesAsync(context.HttpContext.RequestAborted);
        // A session of its own length, and nothing of the handshake in it.
        context.Properties = new AuthenticationProperties();
        session.PutInto(context.Properties);
        context.Principal = Identities.Of(subject, Scheme);
    }

    private static async Task FailAsync(RemoteFailureContext context)
    {
        // The provider has new keys. They are read now, and the person, who is logged in there, does not notice.
        if (context.Failure is SecurityTokenSignatureKeyNotFoundException && context.Properties?.Items.TryGetValue(Again, out var again) is true
            && again is null)
        {
            context.Response.Redirect(StartPath(context.Properties.RedirectUri, isAgain: true));
            context.HandleResponse();
            return;
        }
        await RefuseAsync(context, texts => texts.ProviderFailed, why: context.Failure?.Message);
    }

    private static async Task RefuseAsync(
        HandleRequestContext<RemoteAuthenticationOptions> context, Func<TextTable, string> said, string? name = null, string? why = null)
    {
        var services = context.HttpContext.RequestServices;
        services.GetRequiredService<LoginJournal>().Add(LoginJournal.LoginFailed, Core.Access.Subject.Of(Core.Access.SubjectKind.User, name
            ?? "unknown"), why ?? said(s_english),
            by: "nobody");
        await services.GetRequiredService<AccessDbContext>().SaveChangesAsync(context.HttpContext.RequestAborted);
        await LoginPages.FailedPage(context.HttpContext, said(context.HttpContext.Request.Texts())).ExecuteAsync(context.HttpContext);
        context.HandleResponse();
    }
}
