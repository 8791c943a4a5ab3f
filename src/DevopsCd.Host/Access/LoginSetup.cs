using DevopsCd.Core;
using DevopsCd.Core.Access;
using DevopsCd.Core.Configuration;
using DevopsCd.Core.Data;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Devices;
using DevopsCd.Host.Access.Oidc;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Access.Tokens;
using DevopsCd.Host.Access.Workloads;
using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HttpOverrides;

namespace DevopsCd.Host.Access;

/// <summary>Who is let in, and how they are known.</summary>
internal static class LoginSetup
{
    /// <summary>Stands for whatever a request comes with.</summary>
    private const string Any = "devopscd";

    public static void AddLogin(this WebApplicationBuilder builder, AuthOptions options, CoreSettings settings)
    {
        var services = builder.Services;
        services.AddSingleton(options);
        services.AddHttpContextAccessor();
        if (options.IsLocal)
            builder.WebHost.ConfigureKestrel(LoopbackOnly.Require);
        var (proxies, published) = (TrustedProxies.Of(options), new PublicAddress(settings.Notification.PublicUrl));
        services.AddSingleton(proxies);
        // After the framework's own switch for it, which believes everybody.
        services.PostConfigure<ForwardedHeadersOptions>(proxies.Configure);
        services.AddSingleton(published);
        services.AddAccessStorage(settings.Storage);
        services.AddDataProtection().SetApplicationName("devopscd").PersistKeysToDbContext<AccessDbContext>().ProtectKeys(options);
        services.AddScoped<LoginJournal>();
        services.AddScoped<KnownSubjects>();
        services.AddSingleton<LastingCaller>();
        services.AddScoped<IKnownSubjects>(provider => provider.GetRequiredService<KnownSubjects>());
        services.AddScoped<TokenDesk>();
        services.AddAccounts();
        var schemes = services.AddAuthentication(Any)
            .AddPolicyScheme(Any, null, any =>
                any.ForwardDefaultSelector = http => SchemeOf(http, options))
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, ProxyHandler>(ProxyHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, NobodyHandler>(NobodyHandler.SchemeName, null);
        schemes.AddSessionCookie(options);
        schemes.AddWorkloads(options.Workloads);
        if (options.Has(AccessModes.Oidc))
            schemes.AddOidc(options.Oidc, published);
        services.AddMemoryCache();
        services.AddScoped<DeviceLogins>();
        services.AddScoped<ProviderLogout>();
        if (options.Has(AccessModes.Password))
            services.AddHostedService<FirstAccount>();
    }

    /// <summary>What a request says of its client is believed of a trusted proxy: in front of everything that looks at it.</summary>
    public static void UseProxies(this WebApplication app)
    {
        app.UseMiddleware<ProxyPeer>();
        app.UseForwardedHeaders();
    }

    /// <summary>Pages for people, by the modes.</summary>
    public static void MapAccessPages(this WebApplication app)
    {
        app.MapLoginPages();
        app.MapDevicePages();
        app.MapAuthenticatorPages();
        app.MapPasskeyPages();
        if (app.Services.GetRequiredService<AuthOptions>().Has(AccessModes.Oidc))
            app.MapOidc();
    }

    /// <summary>Finds out who asks. It needs the database, so it comes after <c>UseStart</c>.</summary>
    public static void UseLogin(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<AuthOptions>().IsLocal)
        {
            app.UseMiddleware<FreshSession>();
            app.UseAuthentication();
        }
        app.UseMiddleware<SameOrigin>();
        if (app.Services.GetRequiredService<AuthOptions>().IsLocal)
            app.UseMiddleware<OperatorCheck>();
        app.UseMiddleware<CallerCheck>();
    }

    /// <summary>By what a request proves who sends it. A bearer token that nobody here knows proves nothing, whatever else comes with it.</summary>
    private static string SchemeOf(HttpContext http, AuthOptions options) =>
        TokenHandler.Sent(http.Request) is not null ? TokenHandler.SchemeName
        : TokenHandler.SentAsBearer(http.Request) is { } sent ? WorkloadSetup.SchemeFor(sent, options.Workloads) ?? NobodyHandler.SchemeName
        : options.Has(AccessModes.Proxy) && ProxyHandler.Names(http.Request, options.Proxy) ? ProxyHandler.SchemeName
        : SessionCookie.Scheme;

    private static void AddAccessStorage(this IServiceCollection services, StorageOptions storage)
    {
        if (storage.Postgres)
        {
            services.AddDbContext<PostgresAccessDbContext>(
                options => CdDbContextOptions.UsePostgres(options, storage.PostgresConnection()!, AccessDbContext.History),
                optionsLifetime: ServiceLifetime.Singleton);
            services.AddScoped<AccessDbContext>(provider => provider.GetRequiredService<PostgresAccessDbContext>());
        }
        else
        {
            services.AddDbContext<SqliteAccessDbContext>(
                options => CdDbContextOptions.UseSqlite(options, storage.ConnectionString, AccessDbContext.History),
                optionsLifetime: ServiceLifetime.Singleton);
            services.AddScoped<AccessDbContext>(provider => provider.GetRequiredService<SqliteAccessDbContext>());
        }
        services.AddScoped<IFurtherSchema, AccessSchema>();
    }
}
