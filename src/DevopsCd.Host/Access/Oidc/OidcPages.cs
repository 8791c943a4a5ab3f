using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Oidc;

/// <summary><c>/login/oidc</c>: where a login at the provider begins, and where the provider reports a logout.</summary>
internal static class OidcPages
{
    public static void MapOidc(this WebApplication app)
    {
        app.MapGet("/login/oidc", StartAsync).ExcludeFromDescription();
        // The handler answers it before any route does; it is here for what a route says about itself.
        app.MapGet(OidcSetup.Callback, LoginPages.NoLoginPage).WithMetadata(new StartsSession()).ExcludeFromDescription();
        app.MapPost("/login/oidc/logout", LogOutAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> StartAsync(HttpContext http, ILogger<Provider> log)
    {
        try
        {
            await http.ChallengeAsync(OidcSetup.Scheme, OidcSetup.Begin(http.Request));
            return Results.Empty;
        }
        catch (Exception failure) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            log.ProviderUnreachable(failure.Message);
            http.Response.Clear();
            return LoginPages.FailedPage(http, http.Request.Texts().ProviderSilent, StatusCodes.Status503ServiceUnavailable);
        }
    }

    /// <summary>OpenID Connect Back-Channel Logout 1.0: the provider itself says whose sessions are over.</summary>
    private static async Task<IResult> LogOutAsync(HttpContext http, Provider provider, LoginJournal journal, AccessDbContext db)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (await LoginPages.FormAsync(http) is not { } form
            || await provider.LoggedOutAsync(form["logout_token"].ToString(), http.RequestAborted) is not { } over)
            return Results.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
        var (person, session) = over;
        var sessions = db.Sessions.Where(s => (session == null || s.ProviderSession == session) && (person == null || s.ProviderPerson == person));
        foreach (var subject in await sessions.Select(s => s.Subject).Distinct().ToListAsync(http.RequestAborted))
            journal.Add("logout", subject, "at the provider", by: AccessModes.Oidc);
        await SessionStore.EndAsync(sessions);
        await db.SaveChangesAsync(http.RequestAborted);
        return Results.Ok();
    }
}
