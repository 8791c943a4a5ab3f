using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>
/// Passkeys of accounts: what a browser is asked, and what its answer is worth. What was asked goes with the page, sealed, and comes back with
/// the answer, so that any instance can take it, and one of them does.
/// </summary>
internal sealed class Passkeys(IPasskeyHandler<Account> handler, UserManager<Account> accounts, IDataProtectionProvider protection, UsedProofs used)
{
    public const int LongestName = 60;

    private const string Login = "login";
    private static readonly TimeSpan s_life = TimeSpan.FromMinutes(10);

    /// <summary>Asks for a passkey of this service, whoever's.</summary>
    public async Task<PasskeyQuestion> AskAsync(HttpContext http)
    {
        var asked = await handler.MakeRequestOptionsAsync(null, http);
        return new PasskeyQuestion(asked.RequestOptionsJson, Seal(Login, asked.AssertionState));
    }

    /// <summary>Asks for a new passkey of an account.</summary>
    public async Task<PasskeyQuestion> OfferAsync(Account account, HttpContext http)
    {
        var asked = await handler.MakeCreationOptionsAsync(
            new PasskeyUserEntity { Id = await accounts.GetUserIdAsync(account), Name = account.UserName!, DisplayName = account.UserName! }, http);
        return new PasskeyQuestion(asked.CreationOptionsJson, Seal(Adding(account), asked.AttestationState));
    }

    /// <summary>The account whose passkey has answered; null for an answer that proves nothing, or comes a second time.</summary>
    public async Task<Account?> OwnerAsync(HttpContext http, string question, string answer)
    {
        if (await OpenAsync(Login, question, http.RequestAborted) is not { } asked)
            return null;
        var proof = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = answer, AssertionState = asked });
        if (!proof.Succeeded || proof.User is not { PasswordHash: not null, IsShutOut: false } account)
            return null;
        // With its counter, by which a copied one is found out.
        return (await accounts.AddOrUpdatePasskeyAsync(account, proof.Passkey)).Succeeded ? account : null;
    }

    /// <summary>Adds the passkey that was asked for.</summary>
    /// <returns>Whether it was the answer to that question.</returns>
    public async Task<bool> AddAsync(Account account, HttpContext http, string question, string answer, string name)
    {
        if (await OpenAsync(Adding(account), question, http.RequestAborted) is not { } asked)
            return false;
        var made = await handler.PerformAttestationAsync(
            new PasskeyAttestationContext { HttpContext = http, CredentialJson = answer, AttestationState = asked });
        if (!made.Succeeded || made.UserEntity.Id != await accounts.GetUserIdAsync(account)
            || await accounts.FindByPasskeyIdAsync(made.Passkey.CredentialId) is not null)
            return false;
        made.Passkey.Name = name;
        return (await accounts.AddOrUpdatePasskeyAsync(account, made.Passkey)).Succeeded;
    }

    private static string Adding(Account account) => $"adding to {account.Id}";

    private string Seal(string purpose, string? asked) => Protector(purpose).Protect(asked ?? "", s_life);

    /// <summary>What was asked; null for what was not asked here and for this, too long ago, or is answered already.</summary>
    private async Task<string?> OpenAsync(string purpose, string question, CancellationToken cancellationToken)
    {
        string asked;
        try
        {
            asked = Protector(purpose).Unprotect(question);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
        return await used.TakeAsync($"passkey {purpose}", asked, s_life, cancellationToken) ? asked : null;
    }

    private ITimeLimitedDataProtector Protector(string purpose) => protection.CreateProtector("DevopsCd.Passkeys", purpose).ToTimeLimitedDataProtector();
}

/// <summary>What a browser is asked.</summary>
/// <param name="Options">For <c>navigator.credentials</c>, as JSON.</param>
/// <param name="Sealed">What the service must know when the answer comes.</param>
internal sealed record PasskeyQuestion(string Options, string Sealed);
