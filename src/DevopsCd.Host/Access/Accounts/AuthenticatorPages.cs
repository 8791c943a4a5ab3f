using System.Text;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Ui.Texts;
using Microsoft.AspNetCore.Identity;
using static DevopsCd.Host.Access.Accounts.LoginPages;

namespace DevopsCd.Host.Access.Accounts;

/// <summary><c>/account/authenticator</c>: where somebody with a password adds a code of their phone to it, or takes that back.</summary>
internal static class AuthenticatorPages
{
    private const string Path = "/account/authenticator";
    private const int RecoveryCodes = 10;

    public static void MapAuthenticatorPages(this WebApplication app)
    {
        app.MapGet(Path, ShowAsync).ExcludeFromDescription();
        app.MapPost(Path, ChangeAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, UserManager<Account> accounts) => await OfAsync(http, accounts) is { } account
        ? Page(http, await FormOfAsync(http, accounts, account))
        : Refused(http);

    private static async Task<IResult> ChangeAsync(HttpContext http, UserManager<Account> accounts, PasswordLogin login, LoginLimits limits,
        LoginJournal journal, AccessDbContext db)
    {
        if (await OfAsync(http, accounts) is not { } account)
            return Refused(http);
        var texts = http.Request.Texts();
        var (code, address) = ((await FormAsync(http))?["code"].ToString() ?? "", http.Connection.RemoteIpAddress?.ToString());
        if (!limits.Allows(address, account.UserName!))
            return Page(http, await FormOfAsync(http, accounts, account, texts.TooManyAttempts), StatusCodes.Status429TooManyRequests);
        if (!await login.IsCodeAsync(account, code))
        {
            limits.Failed(address, account.UserName!);
            return Page(http, await FormOfAsync(http, accounts, account, texts.CodeWrong), StatusCodes.Status422UnprocessableEntity);
        }
        var isOn = !account.TwoFactorEnabled;
        await accounts.SetTwoFactorEnabledAsync(account, isOn);
        // A key that was in use is not used again.
        IEnumerable<string> codes = isOn ? await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes) ?? [] : [];
        if (!isOn)
            await accounts.ResetAuthenticatorKeyAsync(account);
        journal.Add(isOn ? "authenticator_added" : "authenticator_removed", Subject.Of(SubjectKind.User, account.UserName!));
        await db.SaveChangesAsync(http.RequestAborted);
        return Page(http, isOn ? Codes(texts, codes) : $"<p>{texts.PasswordAlone}</p>");
    }

    /// <summary>The caller's own account, when it has a password; a token changes nothing of it.</summary>
    public static async Task<Account?> OfAsync(HttpContext http, UserManager<Account> accounts) =>
        Caller.Find(http) is { Kind: SubjectKind.User } person && await accounts.FindByNameAsync(person.Name) is { PasswordHash: not null } account
            ? account : null;

    /// <summary>To whom has no such account: that only those with a password have this page, or the login first.</summary>
    public static IResult Refused(HttpContext http, string title, string path) => Caller.Find(http) is { Kind: SubjectKind.User }
        ? LoginPages.Page(http, title, $"<p>{http.Request.Texts().OnlyWithPassword}</p>", StatusCodes.Status404NotFound)
        : Results.Redirect(LoginFor(path));

    private static IResult Refused(HttpContext http) => Refused(http, http.Request.Texts().Authenticator, Path);

    private static HtmlPage Page(HttpContext http, string body, int status = StatusCodes.Status200OK) =>
        LoginPages.Page(http, http.Request.Texts().Authenticator, body, status);

    private static async Task<string> FormOfAsync(HttpContext http, UserManager<Account> accounts, Account account, string? said = null)
    {
        var texts = http.Request.Texts();
        if (account.TwoFactorEnabled)
            return $"{Said(said)}<p>{texts.AuthenticatorIsOn}</p>{CodeForm(texts, texts.DoWithoutIt)}";
        if (string.IsNullOrEmpty(await accounts.GetAuthenticatorKeyAsync(account)))
            await accounts.ResetAuthenticatorKeyAsync(account);
        var key = await accounts.GetAuthenticatorKeyAsync(account);
        var address = $"otpauth://totp/DevopsCd:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer=DevopsCd&digits=6";
        return $"""
            {Said(said)}<p>{texts.AddThisKey}</p>
            <p><code>{Text(Grouped(key!))}</code></p><p><a href="{Text(address)}">{texts.OpenAuthenticator}</a></p>
            {CodeForm(texts, texts.UseItFromNowOn)}
            """;
    }

    private static string CodeForm(TextTable texts, string button) => $"""
        <form method="post" action="{Path}"><label>{texts.Code}<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
        <button>{button}</button></form>
        """;

    private static string Codes(TextTable texts, IEnumerable<string> codes) => $"""
        <p>{texts.RecoveryCodes}</p>
        <ul>{string.Concat(codes.Select(code => $"<li><code>{Text(code)}</code></li>"))}</ul>
        """;

    private static string Grouped(string key)
    {
        var text = new StringBuilder();
        for (var i = 0; i < key.Length; i++)
            text.Append(i > 0 && i % 4 == 0 ? " " : "").Append(key[i]);
        return text.ToString();
    }
}
