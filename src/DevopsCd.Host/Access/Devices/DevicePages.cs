using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Accounts;
using DevopsCd.Host.Ui.Texts;
using static DevopsCd.Host.Access.Accounts.LoginPages;

namespace DevopsCd.Host.Access.Devices;

/// <summary><c>/device</c>: where a person lets a program in.</summary>
internal static class DevicePages
{
    public const string Path = "/device";

    public static void MapDevicePages(this WebApplication app)
    {
        app.MapGet(Path, Show).ExcludeFromDescription();
        app.MapPost(Path, DecideAsync).ExcludeFromDescription();
    }

    private static IResult Show(HttpContext http, AuthOptions options)
    {
        if (options.IsLocal)
            return NoLoginPage(http);
        return Person(http) is null ? Results.Redirect(LoginFor($"{Path}{http.Request.QueryString}")) : Page(http, CodeForm(http.Request.Texts(), http.Request.Query["code"]));
    }

    private static async Task<IResult> DecideAsync(HttpContext http, AuthOptions options, DeviceLogins logins, LoginLimits limits)
    {
        if (options.IsLocal)
            return NoLoginPage(http);
        if (Person(http) is not { } person)
            return Results.Redirect(LoginFor(Path));
        var (form, texts) = (await FormAsync(http), http.Request.Texts());
        var (code, address) = (form?["code"].ToString() ?? "", http.Connection.RemoteIpAddress?.ToString());
        if (!limits.Allows(address, Guesses(person)))
            return Page(http, CodeForm(texts, null, texts.TooManyAttempts), StatusCodes.Status429TooManyRequests);
        if (await logins.FindAsync(code, http.RequestAborted) is not { } login)
        {
            limits.Failed(address, Guesses(person));
            return Page(http, CodeForm(texts, code, texts.NoProgramWaits), StatusCodes.Status422UnprocessableEntity);
        }
        if (form!["decision"].ToString() is not ("allow" or "deny"))
            return Page(http, Confirmation(texts, code, login, person));
        await logins.DecideAsync(login, person, form["decision"] == "allow", http.RequestAborted);
        return Page(http, $"<p>{(form["decision"] == "allow" ? texts.ProgramIsIn : texts.ProgramRefused)}</p>");
    }

    /// <summary>Only a person lets a program in: no token makes another.</summary>
    private static Subject? Person(HttpContext http) => Caller.Find(http) is { Kind: SubjectKind.User } person ? person : null;

    private static string Guesses(Subject person) => $"device codes of {person.Name}";

    private static HtmlPage Page(HttpContext http, string body, int status = StatusCodes.Status200OK) =>
        LoginPages.Page(http, http.Request.Texts().LetAProgramIn, body, status);

    private static string CodeForm(TextTable texts, string? code, string? said = null) => $"""
        {Said(said)}<form method="post" action="{Path}">
        <label>{texts.CodeOfTheProgram}<input name="code" value="{Text(code)}" autocomplete="off" autocapitalize="characters" required autofocus></label>
        <button>{texts.GoOn}</button></form>
        """;

    private static string Confirmation(TextTable texts, string code, DeviceLogin login, Subject person) => $"""
        <p>{texts.ProgramWants($"<b>{Text(login.Client)}</b>", Text(login.Address ?? texts.UnknownAddress), $"<b>{Text(person.Name)}</b>")}</p>
        <p>{texts.OnlyIfYours($"<b>{Text(code)}</b>")}</p>
        <form method="post" action="{Path}"><input type="hidden" name="code" value="{Text(code)}">
        <button name="decision" value="allow">{texts.LetItIn}</button> <button name="decision" value="deny">{texts.Refuse}</button></form>
        """;
}
