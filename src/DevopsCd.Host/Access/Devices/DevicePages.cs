using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Accounts;
using static DevopsCd.Host.Access.Accounts.LoginPages;

namespace DevopsCd.Host.Access.Devices;

/// <summary><c>/device</c>: where a person lets a program in.</summary>
internal static class DevicePages
{
    public const string Path = "/device";
    private const string Title = "Let a program in";

    public static void MapDevicePages(this WebApplication app)
    {
        app.MapGet(Path, Show).ExcludeFromDescription();
        app.MapPost(Path, DecideAsync).ExcludeFromDescription();
    }

    private static IResult Show(HttpContext http, AuthOptions options)
    {
        if (options.IsLocal)
            return NoLoginPage(http);
        return Person(http) is null ? Results.Redirect(LoginFor($"{Path}{http.Request.QueryString}")) : Page(http, Title, CodeForm(http.Request.Query["code"]));
    }

    private static async Task<IResult> DecideAsync(HttpContext http, AuthOptions options, DeviceLogins logins, LoginLimits limits)
    {
        if (options.IsLocal)
            return NoLoginPage(http);
        if (Person(http) is not { } person)
            return Results.Redirect(LoginFor(Path));
        var form = await FormAsync(http);
        var (code, address) = (form?["code"].ToString() ?? "", http.Connection.RemoteIpAddress?.ToString());
        if (!limits.Allows(address, Guesses(person)))
            return Page(http, Title, CodeForm(null, "There were too many attempts. Wait a minute."), StatusCodes.Status429TooManyRequests);
        if (await logins.FindAsync(code, http.RequestAborted) is not { } login)
        {
            limits.Failed(address, Guesses(person));
            return Page(http, Title, CodeForm(code, "No program waits with this code. Codes work once, for ten minutes."),
                StatusCodes.Status422UnprocessableEntity);
        }
        if (form!["decision"].ToString() is not ("allow" or "deny"))
            return Page(http, Title, Confirmation(code, login, person));
        await logins.DecideAsync(login, person, form["decision"] == "allow", http.RequestAborted);
        return Page(http, Title, form["decision"] == "allow" ? "<p>The program is in. You can close this page.</p>" : "<p>The program was refused.</p>");
    }

    /// <summary>Only a person lets a program in: no token makes another.</summary>
    private static Subject? Person(HttpContext http) => Caller.Find(http) is { Kind: SubjectKind.User } person ? person : null;

    private static string Guesses(Subject person) => $"device codes of {person.Name}";

    private static string CodeForm(string? code, string? said = null) => $"""
        {Said(said)}<form method="post" action="{Path}">
        <label>The code that the program shows<input name="code" value="{Text(code)}" autocomplete="off" autocapitalize="characters" required autofocus></label>
        <button>Go on</button></form>
        """;

    private static string Confirmation(string code, DeviceLogin login, Subject person) => $"""
        <p><b>{Text(login.Client)}</b>, at the address {Text(login.Address ?? "unknown")}, wants to act as <b>{Text(person.Name)}</b>
        with all that you may do.</p>
        <p>Go on only if you have started it yourself and it shows the code <b>{Text(code)}</b>. Nobody else has a reason to send you a code.</p>
        <form method="post" action="{Path}"><input type="hidden" name="code" value="{Text(code)}">
        <button name="decision" value="allow">Let it in</button> <button name="decision" value="deny">Refuse</button></form>
        """;
}
