using DevopsCd.Host.Access.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>
/// Accounts of people whom somebody else vouches for: a provider, or a proxy. They come into being at the first login and hold no password.
/// An account belongs to one person there for ever: who gets their name later gets neither their tokens nor their bindings.
/// </summary>
internal sealed class ProvidedAccounts(UserManager<Account> accounts, AccessDbContext db, LoginJournal journal, TimeProvider clock)
{
    /// <summary>The account of somebody, with what is said of them now.</summary>
    /// <param name="mode">Who vouches: one of <see cref="AccessModes" />.</param>
    /// <param name="key">Who it is there.</param>
    /// <param name="name">The name of a new account.</param>
    /// <param name="groups">The groups, now.</param>
    /// <returns>The account, or why there cannot be one.</returns>
    public async Task<(Account? Account, string? Refused)> AcceptAsync(string mode, string key, string name, IReadOnlyCollection<string> groups)
    {
        var account = await accounts.FindByLoginAsync(mode, key);
        if (account is null)
        {
            (account, var refused) = await MakeAsync(mode, key, name);
            if (account is null)
                return (null, refused);
        }
        string[] sorted = [.. groups.Order(StringComparer.Ordinal)];
        if (account.IsShutOut || !sorted.SequenceEqual(account.Groups, StringComparer.Ordinal))
            journal.Add("groups_changed", SubjectOf(account), $"from {Words(account.Groups)} to {Words(sorted)}", by: mode);
        (account.Groups, account.IsShutOut, account.SeenAt) = (sorted, false, clock.GetUtcNow());
        await db.SaveChangesAsync();
        return (account, null);
    }

    /// <summary>Somebody's vouching has ended: their tokens stop working until they are let in again.</summary>
    public async Task ShutOutAsync(string mode, string key, string why)
    {
        if (await accounts.FindByLoginAsync(mode, key) is not { IsShutOut: false } account)
            return;
        (account.IsShutOut, account.Groups) = (true, []);
        journal.Add("shut_out", SubjectOf(account), why, by: mode);
        await db.SaveChangesAsync();
    }

    private async Task<(Account? Account, string? Refused)> MakeAsync(string mode, string key, string name)
    {
        if (await accounts.FindByNameAsync(name) is { } other)
            return await OfAnotherInstanceAsync(mode, key)
                ?? (null, $"The name {other.UserName} belongs to another account; an administrator can remove that account.");
        var account = new Account { Id = Guid.CreateVersion7(clock.GetUtcNow()), UserName = name, CreatedAt = clock.GetUtcNow() };
        // Saved with the account: one without the other would keep the name from its person.
        db.UserLogins.Add(new IdentityUserLogin<Guid> { LoginProvider = mode, ProviderKey = key, UserId = account.Id });
        try
        {
            var made = await accounts.CreateAsync(account);
            if (made.Succeeded)
                return (account, null);
            db.ChangeTracker.Clear();
            return await OfAnotherInstanceAsync(mode, key) ?? (null, string.Join(" ", made.Errors.Select(error => error.Description)));
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear();
            return await OfAnotherInstanceAsync(mode, key) ?? (null, $"The name {name} was taken in the same moment. Log in again.");
        }
    }

    /// <summary>The same person may log in for the first time at two instances at once.</summary>
    private async Task<(Account? Account, string? Refused)?> OfAnotherInstanceAsync(string mode, string key) =>
        await accounts.FindByLoginAsync(mode, key) is { } account ? (account, null) : null;

    private static string SubjectOf(Account account) => Core.Access.Subject.Of(Core.Access.SubjectKind.User, account.UserName!);

    private static string Words(string[] groups) => groups.Length == 0 ? "none" : string.Join(", ", groups);
}
