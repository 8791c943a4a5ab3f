using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>Logs people in by name and password. Whoever fails does not learn why, nor from how long it took.</summary>
internal sealed class PasswordLogin(UserManager<Account> accounts, IPasswordHasher<Account> hasher, AccessDbContext db, LoginLimits limits,
    LoginJournal journal, UsedProofs used, TimeProvider clock)
{
    public const string Scheme = AccessModes.Password;

    /// <summary>What an administrator's account may do without a binding.</summary>
    public static readonly Grant Everything = new(Roles.Admin, Projects.All, "the account is an administrator's");

    /// <summary>Every failure takes a multiple of this, so that a row written or a name not found does not show.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than an authenticator's code is taken before and after its half minute.</summary>
    private static readonly TimeSpan s_codeLife = TimeSpan.FromMinutes(5);

    // Somebody's password, to compare with where nobody is: it takes as long.
    private static readonly Lazy<string> s_nobodys = new(() =>
        new PasswordHasher<Account>(Microsoft.Extensions.Options.Options.Create(new PasswordHasherOptions { IterationCount = AccountRules.HashIterations }))
            .HashPassword(new Account(), Secrets.New()));

    /// <returns>The outcome; the session's cookie is on its way when it is <see cref="LoginOutcome.LoggedIn" />.</returns>
    public async Task<LoginOutcome> LoginAsync(HttpContext http, string name, string password, string? code)
    {
        var started = clock.GetTimestamp();
        var address = http.Connection.RemoteIpAddress?.ToString();
        // Who is over the limit does not stand in the way of those who wait for their turn.
        if (!limits.Allows(address, name))
            return LoginOutcome.TooMany;
        using (var turn = await limits.TurnAsync(http.RequestAborted))
        {
            // Looked at again when it is one's turn: of many at once no more than have turns get past it.
            if (!turn.IsAcquired || !limits.Allows(address, name))
                return LoginOutcome.TooMany;
            var outcome = await CheckAsync(http, name, password, code);
            await db.SaveChangesAsync(http.RequestAborted);
            if (outcome is LoginOutcome.LoggedIn or LoginOutcome.CodeNeeded)
                return outcome;
            limits.Failed(address, name);
        }
        var took = clock.GetElapsedTime(started);
        await Task.Delay(s_step * Math.Ceiling(took / s_step) - took, clock, http.RequestAborted);
        return LoginOutcome.Wrong;
    }

    /// <summary>Begins the session of an account whose owner has proved to be it.</summary>
    /// <param name="http">The request.</param>
    /// <param name="account">The account.</param>
    /// <param name="proof">By what, for the audit.</param>
    public async Task BeginAsync(HttpContext http, Account account, string proof = Scheme)
    {
        var subject = account.AsSubject();
        journal.Add(LoginJournal.LoggedIn, subject.Id, proof, by: subject.Id);
        await db.SaveChangesAsync(http.RequestAborted);
        await http.SignInAsync(Sessions.SessionCookie.Scheme, Identities.Of(subject, Scheme));
    }

    /// <summary>Whether somebody who is logged in knows the password of their account; counted as an attempt to log in where they do not.</summary>
    public async Task<bool> IsOwnerAsync(HttpContext http, Account account, string password)
    {
        var address = http.Connection.RemoteIpAddress?.ToString();
        if (!limits.Allows(address, account.UserName!))
            return false;
        using var turn = await limits.TurnAsync(http.RequestAborted);
        if (turn.IsAcquired && password.Length <= AccountRules.LongestPassword && !await accounts.IsLockedOutAsync(account)
            && await accounts.CheckPasswordAsync(account, password))
            return true;
        await accounts.AccessFailedAsync(account);
        limits.Failed(address, account.UserName!);
        return false;
    }

    private async Task<LoginOutcome> CheckAsync(HttpContext http, string name, string password, string? code)
    {
        var account = password.Length <= AccountRules.LongestPassword ? await accounts.FindByNameAsync(name) : null;
        // Also for one that is locked: it takes as long, and what it would say is not told.
        var isRight = account is null || !await accounts.HasPasswordAsync(account)
            ? hasher.VerifyHashedPassword(new Account(), s_nobodys.Value, password[..Math.Min(password.Length,
                AccountRules.LongestPassword)]) == PasswordVerificationResult.Success
            : await accounts.CheckPasswordAsync(account, password);
        if (account is null)
            return Failed(name, "no such account");
        if (await accounts.IsLockedOutAsync(account))
            return Failed(name, "locked");
        if (!isRight)
        {
            await accounts.AccessFailedAsync(account);
            return Failed(name, "wrong password");
        }
        if (await accounts.GetTwoFactorEnabledAsync(account))
        {
            if (string.IsNullOrEmpty(code))
                return LoginOutcome.CodeNeeded;
            // Whoever has looked over somebody's shoulder has the same code for as long as it is valid (RFC 6238, 5.2).
            if (!await IsCodeAsync(account, code) || !await used.TakeAsync($"code of {account.Id}", Value(code), s_codeLife, http.RequestAborted))
            {
                await accounts.AccessFailedAsync(account);
                return Failed(name, "wrong code");
            }
        }
        await accounts.ResetAccessFailedCountAsync(account);
        await BeginAsync(http, account);
        return LoginOutcome.LoggedIn;
    }

    /// <summary>A code of the authenticator, or one of those kept for when it is lost.</summary>
    public async Task<bool> IsCodeAsync(Account account, string code) =>
        await accounts.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, Plain(code))
        || (await accounts.RedeemTwoFactorRecoveryCodeAsync(account, code)).Succeeded;

    private static string Plain(string code) => code.Replace(" ", "", StringComparison.Ordinal);

    /// <summary>The framework reads a code as a number: <c>012345</c> is <c>12345</c>.</summary>
    private static string Value(string code) => int.TryParse(Plain(code), out var number) ? $"{number}" : code;

    private LoginOutcome Failed(string name, string why)
    {
        journal.Add(LoginJournal.LoginFailed, Subject.Of(SubjectKind.User, name), why, by: "nobody");
        return LoginOutcome.Wrong;
    }
}

/// <summary>What came of a login.</summary>
internal enum LoginOutcome
{
    LoggedIn,

    /// <summary>The password is right, and the account asks for a code beside it.</summary>
    CodeNeeded,

    /// <summary>Name, password or code.</summary>
    Wrong,

    /// <summary>Later, perhaps.</summary>
    TooMany
}
