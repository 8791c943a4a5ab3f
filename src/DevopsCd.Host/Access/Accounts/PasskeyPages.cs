using System.Buffers.Text;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Identity;
using static DevopsCd.Host.Access.Accounts.LoginPages;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>
/// <c>/login/passkey</c> takes a passkey in place of name, password and code; at <c>/account/passkeys</c> somebody with a password adds and removes
/// theirs. They need a script, which asks the browser and does nothing else.
/// </summary>
internal static class PasskeyPages
{
    public const string Script = "/passkeys.js";
    private const string LogIn = "/login/passkey", Path = "/account/passkeys", Question = "question", Answer = "credential";

    public static void MapPasskeyPages(this WebApplication app)
    {
        app.MapPost(LogIn, LogInAsync).WithMetadata(new StartsSession()).ExcludeFromDescription();
        app.MapGet(Path, ShowAsync).ExcludeFromDescription();
        app.MapPost(Path, ChangeAsync).ExcludeFromDescription();
    }

    /// <summary>The form of the login page, which shows where a script finds that the browser knows passkeys.</summary>
    public static string LoginForm(TextTable texts, PasskeyQuestion question, string? back) => $"""
        <form method="post" action="{LogIn}" data-passkey="get" data-options="{Text(question.Options)}" hidden>
        <input type="hidden" name="return" value="{Text(ReturnPath(back))}">{Hidden(question)}
        {Failed(texts)}<button>{texts.LogInWithPasskey}</button></form>
        """;

    private static async Task<IResult> LogInAsync(HttpContext http, AuthOptions options, Passkeys passkeys, PasswordLogin login, LoginLimits limits,
        LoginJournal journal, AccessDbContext db)
    {
        if (!options.Has(AccessModes.Password))
            return NoPasswordPage(http);
        var (form, address, texts) = (await FormAsync(http), http.Connection.RemoteIpAddress?.ToString(), http.Request.Texts());
        if (!limits.Allows(address, ""))
            return FailedPage(http, texts.TooManyAttempts, StatusCodes.Status429TooManyRequests);
        if (form is null || await passkeys.OwnerAsync(http, form[Question].ToString(), form[Answer].ToString()) is not { } account)
        {
            limits.Failed(address);
            journal.Add(LoginJournal.LoginFailed, Subject.Of(SubjectKind.User, "unknown"), "passkey", by: "nobody");
            await db.SaveChangesAsync(http.RequestAborted);
            return FailedPage(http, texts.PasskeyWrong);
        }
        await login.BeginAsync(http, account, "passkey");
        return Results.Redirect(ReturnPath(form["return"]));
    }

    private static async Task<IResult> ShowAsync(HttpContext http, UserManager<Account> accounts, Passkeys passkeys) =>
        await AuthenticatorPages.OfAsync(http, accounts) is { } account ? await PageAsync(http, accounts, passkeys, account) : Refused(http);

    private static async Task<IResult> ChangeAsync(HttpContext http, UserManager<Account> accounts, Passkeys passkeys, PasswordLogin login,
        LoginJournal journal, AccessDbContext db)
    {
        if (await AuthenticatorPages.OfAsync(http, accounts) is not { } account)
            return Refused(http);
        var (form, texts) = (await FormAsync(http), http.Request.Texts());
        if (form?["remove"].ToString() is { Length: > 0 } removed)
        {
            if (!Base64Url.IsValid(removed))
                return await PageAsync(http, accounts, passkeys, account);
            await accounts.RemovePasskeyAsync(account, Base64Url.DecodeFromChars(removed));
            return await DoneAsync("passkey_removed", removed);
        }
        var name = form?["name"].ToString().Trim() ?? "";
        if (name.Length is 0 or > Passkeys.LongestName)
            return await WrongAsync(texts.PasskeyNeedsName);
        // Whoever has found an open session does not get in for good by it.
        if (!await login.IsOwnerAsync(http, account, form!["password"].ToString()))
            return await WrongAsync(texts.PasswordWrong);
        return await passkeys.AddAsync(account, http, form[Question].ToString(), form[Answer].ToString(), name)
            ? await DoneAsync("passkey_added", $"'{name}'")
            : await WrongAsync(texts.PasskeyWrong);

        async Task<IResult> DoneAsync(string what, string detail)
        {
            journal.Add(what, Subject.Of(SubjectKind.User, account.UserName!), detail);
            await db.SaveChangesAsync(http.RequestAborted);
            return Results.Redirect(Path);
        }

        Task<HtmlPage> WrongAsync(string said) => PageAsync(http, accounts, passkeys, account, said, StatusCodes.Status422UnprocessableEntity);
    }

    private static IResult Refused(HttpContext http) => AuthenticatorPages.Refused(http, http.Request.Texts().Passkeys, Path);

    private static async Task<HtmlPage> PageAsync(
        HttpContext http, UserManager<Account> accounts, Passkeys passkeys, Account account, string? said = null, int status = StatusCodes.Status200OK)
    {
        var (texts, question) = (http.Request.Texts(), await passkeys.OfferAsync(account, http));
        var own = (await accounts.GetPasskeysAsync(account)).OrderBy(passkey => passkey.CreatedAt).Select(passkey => $"""
            <li>{Text(passkey.Name)} <button name="remove" value="{Base64Url.EncodeToString(passkey.CredentialId)}">{texts.Remove}</button></li>
            """);
        return Page(http, texts.Passkeys, $"""
            {Said(said)}<p>{texts.PasskeysAre}</p>
            <form method="post" action="{Path}"><ul>{string.Concat(own)}</ul></form>
            <form method="post" action="{Path}" data-passkey="create" data-options="{Text(question.Options)}" hidden>{Hidden(question)}
            <label>{texts.PasskeyName}<input name="name" maxlength="{Passkeys.LongestName}" required></label>
            <label>{texts.Password}<input name="password" type="password" autocomplete="current-password" required></label>
            {Failed(texts)}<button>{texts.AddPasskey}</button></form>
            """, status) with
        { Script = Script };
    }

    private static string Hidden(PasskeyQuestion question) => $"""
        <input type="hidden" name="{Question}" value="{Text(question.Sealed)}"><input type="hidden" name="{Answer}">
        """;

    private static string Failed(TextTable texts) => $"""<p role="alert" data-failed hidden>{texts.PasskeyFailed}</p>""";
}
