using System.Net;
using System.Text.Encodings.Web;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Oidc;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
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
        ValueLengthLimit = 4096,
        BufferBodyLengthLimit = 65_536,
        MultipartBodyLengthLimit = 65_536
    };

    /// <summary>The login page that leads back to a page of ours.</summary>
    public static string LoginFor(string path) => $"{LoginPath}?return={Uri.EscapeDataString(path)}";

    public static string SetUpPath(string secret) => $"{SetUp}?token={secret}";

    public static void MapLoginPages(this WebApplication app)
    {
        app.MapGet(LoginPath, ShowLogin).ExcludeFromDescription();
        app.MapPost(LoginPath, LoginAsync).WithMetadata(new StartsSession()).ExcludeFromDescription();
        app.MapPost(LogoutPath, LogOutAsync).ExcludeFromDescription();
        app.MapGet(SetUp, ShowSetUpAsync).ExcludeFromDescription();
        app.MapPost(SetUp, SetPasswordAsync).WithMetadata(new StartsSession()).ExcludeFromDescription();
    }

    /// <summary>Where to go after a login: only to a path of this host, whatever a link says.</summary>
    public static string ReturnPath(string? wanted) =>
        wanted is ['/', ..] and not ['/', '/' or '\\', ..] && wanted.All(letter => letter is > ' ' and < '\x7f' and not '\\') ? wanted : Pages;

    private static HtmlPage ShowLogin(HttpContext http, AuthOptions options) =>
        options.IsLocal ? NoLoginPage(http)
        : Caller.Find(http) is { } caller ? Page(http, "Logged in", LoggedIn(caller.Operator))
        : Page(http, "Log in", LoginForm(options, http.Request.Query["return"]));

    private static async Task<IResult> LoginAsync(HttpContext http, AuthOptions options, PasswordLogin login)
    {
        if (!options.Has(AccessModes.Password))
            return NoPasswordPage(http);
        if (await FormAsync(http) is not { } form)
            return Page(http, "Log in", LoginForm(options, null, "Fill in the form."), StatusCodes.Status400BadRequest);
        var (name, back) = (form["name"].ToString(), form["return"].ToString());
        return await login.LoginAsync(http, name, form["password"].ToString(), form["code"].ToString() is { Length: > 0 } code ? code : null) switch
        {
            LoginOutcome.LoggedIn => Results.Redirect(ReturnPath(back)),
            LoginOutcome.CodeNeeded => Page(http, "Log in", LoginForm(options, back, "Type the code of your authenticator, and your password again.", name),
                StatusCodes.Status401Unauthorized),
            LoginOutcome.TooMany =>
                Page(http, "Log in", LoginForm(options, back, "There were too many attempts. Wait a minute.", name), StatusCodes.Status429TooManyRequests),
            _ => Page(http, "Log in", LoginForm(options, back, "Name, password or code is wrong, or the account takes no login for a while.", name),
                StatusCodes.Status401Unauthorized)
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
            : new HtmlPage("Log out", $"""<p><a href="{Text(elsewhere)}">Log out at the provider too</a></p>""",
                StatusCodes.Status200OK)
            { LeadsTo = elsewhere };
    }

    private static async Task<IResult> ShowSetUpAsync(HttpContext http, AuthOptions options, Invitations invitations) =>
        !options.Has(AccessModes.Password) ? NoPasswordPage(http)
        : await invitations.FindAsync(http.Request.Query["token"], http.RequestAborted) is { } invitation ? Page(http, "Set your password",
            PasswordForm(http.Request.Query["token"]!, invitation.Account))
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
        var (name, password) = (form["name"].ToString(), form["password"].ToString());
        if (password != form["again"].ToString() || password.Length > AccountRules.LongestPassword)
            return Page(http, "Set your password", PasswordForm(form["token"]!, invitation.Account, "The two passwords differ, or are too long.",
                name), StatusCodes.Status422UnprocessableEntity);
        var (account, wrong) = await invitations.AcceptAsync(invitation, name, password, http.RequestAborted);
        if (account is null)
            return Page(http, "Set your password", PasswordForm(form["token"]!, invitation.Account, string.Join(" ", wrong.SelectMany(w =>
                w.Value)), name), StatusCodes.Status422UnprocessableEntity);
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

    private static HtmlPage NoPasswordPage(HttpContext http) => Page(http, "Log in", "<p>This service has no passwords.</p>", StatusCodes.Status404NotFound);

    /// <summary>Where nobody logs in, or not in this way.</summary>
    public static HtmlPage NoLoginPage(HttpContext http) => Page(http, "Log in", "<p>There is nothing to log in to here.</p>", StatusCodes.Status404NotFound);

    /// <summary>A login that did not succeed, with a way to try again.</summary>
    public static HtmlPage FailedPage(HttpContext http, string said, int status = StatusCodes.Status401Unauthorized) =>
        Page(http, "Log in", $"""{Said(said)}<p><a href="{LoginPath}">Back to the login</a></p>""", status);

    private static HtmlPage Over(HttpContext http) =>
        Page(http, "Set your password", "<p>The link was used already, its time is over, or it is not one of ours. Ask for another one.</p>",
            StatusCodes.Status410Gone);

    public static HtmlPage Page(HttpContext http, string title, string body, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.CacheControl = "no-store";
        return new HtmlPage(title, body, status);
    }

    private static string LoggedIn(string name) =>
        $"""<p>You are logged in as <b>{Text(name)}</b>.</p><form method="post" action="{LogoutPath}"><button>Log out</button></form>""";

    private static string LoginForm(AuthOptions options, string? back, string? said = null, string? name = null) => $"""
        {Said(said)}{(options.Has(AccessModes.Oidc) ? ProviderLink(options, back) : "")}{(options.Has(AccessModes.Password) ? PasswordLoginForm(back, name) :
        "")}
        {(options.Modes is [AccessModes.Proxy] ? "<p>The proxy in front of this service logs people in; it has not said who you are.</p>" : "")}
        """;

    private static string ProviderLink(AuthOptions options, string? back) =>
        $"""<p><a role="button" href="{Text(OidcSetup.StartPath(back))}">Log in with {Text(options.Oidc.Label)}</a></p>""";

    private static string PasswordLoginForm(string? back, string? name) => $"""
        <form method="post" action="{LoginPath}"><input type="hidden" name="return" value="{Text(ReturnPath(back))}">
        <label>Name<input name="name" value="{Text(name)}" autocomplete="username" required autofocus></label>
        <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
        <label>Code, if you use an authenticator<input name="code" inputmode="numeric" autocomplete="one-time-code"></label>
        <button>Log in</button></form>
        """;

    private static string PasswordForm(string token, string? account, string? said = null, string? name = null) => $"""
        {Said(said)}<form method="post" action="{SetUp}"><input type="hidden" name="token" value="{Text(token)}">
        {(account is null
            ? $"""<label>Name<input name="name" value="{Text(name)}" autocomplete="username" required autofocus></label>"""
            : $"<p>Account <b>{Text(account)}</b></p>")}
        <label>Password, at least 12 characters<input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
        <label>Again<input name="again" type="password" autocomplete="new-password" minlength="12" required></label>
        <button>Set the password</button></form>
        """;

    /// <summary>What went wrong, as a page says it.</summary>
    public static string Said(string? said) => said is null ? "" : $"""<p role="alert">{Text(said)}</p>""";

    /// <summary>A text of strangers, harmless in HTML.</summary>
    public static string Text(string? text) => text is null ? "" : HtmlEncoder.Default.Encode(text);
}
