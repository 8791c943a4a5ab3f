using System.Text;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using Microsoft.AspNetCore.Identity;
using static DevopsCd.Host.Access.Accounts.LoginPages;

namespace DevopsCd.Host.Access.Accounts;

/// <summary><c>/account/authenticator</c>: where somebody with a password adds a code of their phone to it, or takes that back.</summary>
internal static class AuthenticatorPages
{
    private const string Path = "/account/authenticator", Title = "Authenticator";
    private const int RecoveryCodes = 10;

    public static void MapAuthenticatorPages(this WebApplication app)
    {
        app.MapGet(Path, ShowAsync).ExcludeFromDescription();
        app.MapPost(Path, ChangeAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext http, UserManager<Account> accounts) => await OfAsync(http, accounts) is { } account
        ? Page(http, Title, await FormOfAsync(accounts, account))
        : Refused(http);

    private static async Task<IResult> ChangeAsync(HttpContext http, UserManager<Account> accounts, PasswordLogin login, LoginLimits limits,
        LoginJournal journal, AccessDbContext db)
    {
        if (await OfAsync(http, accounts) is not { } account)
            return Refused(http);
        var (code, address) = ((await FormAsync(http))?["code"].ToString() ?? "", http.Connection.RemoteIpAddress?.ToString());
        if (!limits.Allows(address, account.UserName!))
            return Page(http, Title, await FormOfAsync(accounts, account, "There were too many attempts. Wait a minute."),
                StatusCodes.Status429TooManyRequests);
        if (!await login.IsCodeAsync(account, code))
        {
            limits.Failed(address, account.UserName!);
            return Page(http, Title, await FormOfAsync(accounts, account,
                "The code is wrong. It changes every 30 seconds; look whether the clock of your phone is right."),
                StatusCodes.Status422UnprocessableEntity);
        }
        var isOn = !account.TwoFactorEnabled;
        await accounts.SetTwoFactorEnabledAsync(account, isOn);
        // A key that was in use is not used again.
        IEnumerable<string> codes = isOn ? await accounts.GenerateNewTwoFactorRecoveryCodesAsync(account, RecoveryCodes) ?? [] : [];
        if (!isOn)
            await accounts.ResetAuthenticatorKeyAsync(account);
        journal.Add(isOn ? "authenticator_added" : "authenticator_removed", Subject.Of(SubjectKind.User, account.UserName!));
        await db.SaveChangesAsync(http.RequestAborted);
        return Page(http, Title, isOn ? Codes(codes) : "<p>From now on the password alone logs you in.</p>");
    }

    /// <summary>The caller's own account, when it has a password; a token changes nothing of it.</summary>
    private static async Task<Account?> OfAsync(HttpContext http, UserManager<Account> accounts) =>
        Caller.Find(http) is { Kind: SubjectKind.User } person && await accounts.FindByNameAsync(person.Name) is { PasswordHash: not null } account
            ? account : null;

    private static IResult Refused(HttpContext http) => Caller.Find(http) is { Kind: SubjectKind.User }
        ? Page(http, Title, "<p>Only accounts with a password of this service have an authenticator here.</p>", StatusCodes.Status404NotFound)
        : Results.Redirect(LoginFor(Path));

    private static async Task<string> FormOfAsync(UserManager<Account> accounts, Account account, string? said = null)
    {
        if (account.TwoFactorEnabled)
            return Said(said) + "<p>Logging in takes a code of your authenticator. Type one to do without it from now on.</p>" + CodeForm("Do without it");
        if (string.IsNullOrEmpty(await accounts.GetAuthenticatorKeyAsync(account)))
            await accounts.ResetAuthenticatorKeyAsync(account);
        var key = await accounts.GetAuthenticatorKeyAsync(account);
        var address = $"otpauth://totp/DevopsCd:{Uri.EscapeDataString(account.UserName!)}?secret={key}&issuer=DevopsCd&digits=6";
        return $"""
            {Said(said)}<p>Add this key to the authenticator on your phone, then type the code that it shows.</p>
            <p><code>{Text(Grouped(key!))}</code></p><p><a href="{Text(address)}">Open it in an authenticator on this machine</a></p>
            {CodeForm("Use it from now on")}
            """;
    }

    private static string CodeForm(string button) => $"""
        <form method="post" action="{Path}"><label>Code<input name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus></label>
        <button>{button}</button></form>
        """;

    private static string Codes(IEnumerable<string> codes) => $"""
        <p>From now on logging in takes a code of your authenticator. Should you lose it, each of these works once instead. They are not shown again.</p>
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
