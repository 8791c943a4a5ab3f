using System.Net;
using System.Text.Encodings.Web;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Oidc;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;

namespace DevopsCd.Host.Access.Accounts;

/// <summary><c>/login</c> and <c>/setup</c>: forms that need no script, so that a browser gets in whatever else is there.</summary>
internal static class LoginPages
{
    public const string LoginPath = "/login";
    private const string Pages = "/", SetUp = "/setup", LogoutPath = "/logout";
    private static readonly FormOptions s_small = new()
    {
        ValueCountLimit = 16,
        KeyLengthLimit = 64,
        ValueLengthLimit = 16_384,
        BufferBodyLengthLimit = 65_536,
        MultipartBodyLengthLimit = 65_536
    };

    /// <summary>The login page that leads back to a page of ours.</summary>
    public static string LoginFor(string path) => $"{LoginPath}?return={Uri.EscapeDataString(path)}";

    public static string SetUpPath(string secret) => $"{SetUp}?token={secret}";

    public static void MapLoginPages(this WebApplication app)
    {
        app.MapGet(LoginPath, ShowLoginAsync).ExcludeFromDescription();
        app.MapPost(LoginPath, LoginAsync).WithMetadata(new StartsSession()).ExcludeFromDescription();
        app.MapPost(LogoutPath, LogOutAsync).ExcludeFromDescription();
        app.MapGet(SetUp, ShowSetUpAsync).ExcludeFromDescription();
        app.MapPost(SetUp, SetPasswordAsync).WithMetadata(new StartsSession()).ExcludeFromDescription();
    }

    /// <summary>Where to go after a login: only to a path of this host, whatever a link says.</summary>
    public static string ReturnPath(string? wanted) =>
        wanted is ['/', ..] and not ['/', '/' or '\\', ..] && wanted.All(letter => letter is > ' ' and < '\x7f' and not '\\') ? wanted : Pages;

    private static async Task<HtmlPage> ShowLoginAsync(HttpContext http, AuthOptions options, Passkeys passkeys) =>
        options.IsLocal ? NoLoginPage(http)
        : Caller.Find(http) is { } caller ? Page(http, http.Request.Texts().LoggedIn, LoggedIn(http, caller.Operator))
        : await LoginPageAsync(http, options, passkeys, http.Request.Query["return"]);

    private static async Task<IResult> LoginAsync(HttpContext http, AuthOptions options, PasswordLogin login, Passkeys passkeys)
    {
        if (!options.Has(AccessModes.Password))
            return NoPasswordPage(http);
        var texts = http.Request.Texts();
        if (await FormAsync(http) is not { } form)
            return await LoginPageAsync(http, options, passkeys, null, texts.FillInTheForm, status: StatusCodes.Status400BadRequest);
        var (name, back) = (form["name"].ToString(), form["return"].ToString());
        return await login.LoginAsync(http, name, form["password"].ToString(), form["code"].ToString() is { Length: > 0 } code ? code : null) switch
        {
            LoginOutcome.LoggedIn => Results.Redirect(ReturnPath(back)),
            LoginOutcome.CodeNeeded => await LoginPageAsync(http, options, passkeys, back, texts.CodeNeeded, name, StatusCodes.Status401Unauthorized),
            LoginOutcome.TooMany => await LoginPageAsync(http, options, passkeys, back, texts.TooManyAttempts, name, StatusCodes.Status429TooManyRequests),
            _ => await LoginPageAsync(http, options, passkeys, back, texts.LoginWrong, name, StatusCodes.Status401Unauthorized)
        };
    }

    private static async Task<IResult> LogOutAsync(HttpContext http, LoginJournal journal, AccessDbContext db, ProviderLogout provider)
    {
        if (Caller.Find(http) is { } caller)
        {
            journal.Add("logout", caller.Id);
            await db.SaveChangesAsync(http.RequestAborted);
        }
        var elsewhere = await provider.ElsewhereAsync(http);
        await http.SignOutAsync(SessionCookie.Scheme);
        // A page and no redirect: the policy of the page with the form lets it lead to this host only.
        return elsewhere is null ? Results.Redirect(LoginPath)
            : new HtmlPage(http.Request.Texts().LogOut, $"""<p><a href="{Text(elsewhere)}">{http.Request.Texts().LogOutAtProvider}</a></p>""",
                StatusCodes.Status200OK)
            { LeadsTo = elsewhere };
    }

    private static async Task<IResult> ShowSetUpAsync(HttpContext http, AuthOptions options, Invitations invitations) =>
        !options.Has(AccessModes.Password) ? NoPasswordPage(http)
        : await invitations.FindAsync(http.Request.Query["token"], http.RequestAborted) is { } invitation
            ? PasswordPage(http, http.Request.Query["token"]!, invitation.Account)
        : Over(http);

    private static async Task<IResult> SetPasswordAsync(HttpContext http, AuthOptions options, Invitations invitations, LoginLimits limits, PasswordLogin login)
    {
        if (!options.Has(AccessModes.Password))
            return NoPasswordPage(http);
        if (await FormAsync(http) is not { } form || !limits.Allows(http.Connection.RemoteIpAddress?.ToString(), "")
            || await invitations.FindAsync(form["token"], http.RequestAborted) is not { } invitation)
        {
            limits.Failed(http.Connection.RemoteIpAddress?.ToString());
            return Over(http);
        }
        var (name, password, texts) = (form["name"].ToString(), form["password"].ToString(), http.Request.Texts());
        if (password != form["again"].ToString() || password.Length > AccountRules.LongestPassword)
            return PasswordPage(http, form["token"]!, invitation.Account, texts.PasswordsDiffer, name, StatusCodes.Status422UnprocessableEntity);
        var (account, wrong) = await invitations.AcceptAsync(invitation, name, password, http.RequestAborted);
        if (account is null)
            return PasswordPage(http, form["token"]!, invitation.Account,
                string.Join(" ", wrong.Select(error => texts.WrongAccount(error.Code, error.Description))), name, StatusCodes.Status422UnprocessableEntity);
        await login.BeginAsync(http, account);
        return Results.Redirect(Pages);
    }

    /// <summary>The small form that a page of ours sends; null for what is none.</summary>
    public static async Task<IFormCollection?> FormAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
            return null;
        try
        {
            return await new FormFeature(http.Request, s_small).ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Where nobody has a password.</summary>
    public static HtmlPage NoPasswordPage(HttpContext http) => Nothing(http, http.Request.Texts().NoPasswords);

    /// <summary>Where nobody logs in, or not in this way.</summary>
    public static HtmlPage NoLoginPage(HttpContext http) => Nothing(http, http.Request.Texts().NothingToLogInTo);

    private static HtmlPage Nothing(HttpContext http, string said) => Page(http, http.Request.Texts().LogIn, $"<p>{said}</p>", StatusCodes.Status404NotFound);

    /// <summary>A login that did not succeed, with a way to try again.</summary>
    public static HtmlPage FailedPage(HttpContext http, string said, int status = StatusCodes.Status401Unauthorized) =>
        Page(http, http.Request.Texts().LogIn, $"""{Said(said)}<p><a href="{LoginPath}">{http.Request.Texts().BackToLogin}</a></p>""", status);

    private static HtmlPage Over(HttpContext http) =>
        Page(http, http.Request.Texts().SetYourPassword, $"<p>{http.Request.Texts().LinkOver}</p>", StatusCodes.Status410Gone);

    public static HtmlPage Page(HttpContext http, string title, string body, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.CacheControl = "no-store";
        return new HtmlPage(title, body, status);
    }

    /// <summary>Who has come from a page goes on by a link and not by itself: a page that leads here again would lead in a circle.</summary>
    private static string LoggedIn(HttpContext http, string name)
    {
        var (texts, who) = (http.Request.Texts(), $"<b>{Text(name)}</b>");
        var further = http.Request.Query["return"] is [{ } back] ? $"""<p><a href="{Text(ReturnPath(back))}">{texts.GoOn}</a></p>""" : "";
        return ProxyHandler.IsWord(http.User)
            ? $"<p>{texts.LoggedInByProxy(who)}</p>{further}"
            : $"""<p>{texts.LoggedInAs(who)}</p>{further}<form method="post" action="{LogoutPath}"><button>{texts.LogOut}</button></form>""";
    }

    private static async Task<HtmlPage> LoginPageAsync(
        HttpContext http, AuthOptions options, Passkeys passkeys, string? back, string? said = null, string? name = null, int status = StatusCodes.Status200OK)
    {
        var texts = http.Request.Texts();
        return Page(http, texts.LogIn, $"""
            {Said(said)}{(options.Has(AccessModes.Oidc) ? ProviderLink(texts, options, back) : "")}
            {(options.Has(AccessModes.Password) ? LoginForm(texts, back, name) + PasskeyPages.LoginForm(texts, await passkeys.AskAsync(http), back) : "")}
            {(options.Modes is [AccessModes.Proxy] ? $"<p>{texts.ProxySilent}</p>" : "")}
            """, status) with
        { Script = options.Has(AccessModes.Password) ? PasskeyPages.Script : null };
    }

    private static string ProviderLink(TextTable texts, AuthOptions options, string? back) =>
        $"""<p><a role="button" href="{Text(OidcSetup.StartPath(back))}">{Text(texts.LogInWith(options.Oidc.Label))}</a></p>""";

    private static string LoginForm(TextTable texts, string? back, string? name) => $"""
        <form method="post" action="{LoginPath}"><input type="hidden" name="return" value="{Text(ReturnPath(back))}">
        <label>{texts.Name}<input name="name" value="{Text(name)}" autocomplete="username" required autofocus></label>
        <label>{texts.Password}<input name="password" type="password" autocomplete="current-password" required></label>
        <label>{texts.CodeIfAny}<input name="code" inputmode="numeric" autocomplete="one-time-code"></label>
        <button>{texts.LogIn}</button></form>
        """;

    private static HtmlPage PasswordPage(
        HttpContext http, string token, string? account, string? said = null, string? name = null, int status = StatusCodes.Status200OK)
    {
        var texts = http.Request.Texts();
        return Page(http, texts.SetYourPassword, $"""
            {Said(said)}<form method="post" action="{SetUp}"><input type="hidden" name="token" value="{Text(token)}">
            {(account is null
                ? $"""<label>{texts.Name}<input name="name" value="{Text(name)}" autocomplete="username" required autofocus></label>"""
                : $"<p>{texts.Account} <b>{Text(account)}</b></p>")}
            <label>{texts.NewPassword}<input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
            <label>{texts.PasswordAgain}<input name="again" type="password" autocomplete="new-password" minlength="12" required></label>
            <button>{texts.SetThePassword}</button></form>
            """, status);
    }

    /// <summary>What went wrong, as a page says it.</summary>
    public static string Said(string? said) => said is null ? "" : $"""<p role="alert">{Text(said)}</p>""";

    /// <summary>A text of strangers, harmless in HTML.</summary>
    public static string Text(string? text) => text is null ? "" : HtmlEncoder.Default.Encode(text);
}
