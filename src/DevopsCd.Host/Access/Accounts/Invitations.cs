using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Accounts;

/// <summary>Links with which people set the password of their account, the first of all among them.</summary>
internal sealed class Invitations(UserManager<Account> accounts, AccessDbContext db, LoginJournal journal, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    /// <summary>The code of the error that somebody else has used the same link in the same moment.</summary>
    public const string UsedMeanwhile = "InvitationUsed";

    private const string FirstSlot = "first";

    /// <summary>The secret of the link that makes the first account; null when there is an account, or such a link is out already.</summary>
    public async Task<(string? Secret, Invitation? Out)> FirstAsync(CancellationToken cancellationToken)
    {
        if (await db.Users.AnyAsync(a => a.PasswordHash != null, cancellationToken))
            return (null, null);
        var now = clock.GetUtcNow();
        await db.Invitations.Where(i => i.Slot == FirstSlot && (i.UsedAt != null || i.ExpiresAt <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(i => i.Slot, (string?)null), cancellationToken);
        if (await db.Invitations.SingleOrDefaultAsync(i => i.Slot == FirstSlot, cancellationToken) is { } known)
            return (null, known);
        var (secret, made) = Make(null, Operators.Engine);
        made.Slot = FirstSlot;
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another instance that starts at the same time has made one: its log has the link.
            db.ChangeTracker.Clear();
            return (null, await db.Invitations.SingleAsync(i => i.Slot == FirstSlot, cancellationToken));
        }
        return (secret, made);
    }

    /// <summary>Adds a link for an account; it is saved with the context.</summary>
    public (string Secret, Invitation Made) Make(string? account, string by)
    {
        var (secret, now) = (Secrets.New(), clock.GetUtcNow());
        var made = new Invitation { Id = Secrets.HashOf(secret), Account = account, MadeBy = by, MadeAt = now, ExpiresAt = now + Life };
        db.Invitations.Add(made);
        return (secret, made);
    }

    /// <summary>The invitation that a link's secret stands for; null when there is none, it was used, or its time is over.</summary>
    public async Task<Invitation?> FindAsync(string? secret, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(secret))
            return null;
        var (id, now) = (Secrets.HashOf(secret), clock.GetUtcNow());
        var found = await db.Invitations.SingleOrDefaultAsync(i => i.Id == id && i.UsedAt == null && i.ExpiresAt > now, cancellationToken);
        return found is { Account: null } && await db.Users.AnyAsync(a => a.PasswordHash != null, cancellationToken) ? null : found;
    }

    /// <summary>Uses an invitation: sets the password of its account, which is made where it does not exist.</summary>
    /// <returns>The account, or what is wrong with the link, the name or the password.</returns>
    public async Task<(Account? Account, IReadOnlyList<IdentityError> Wrong)> AcceptAsync(Invitation invitation, string name, string password,
        CancellationToken cancellationToken)
    {
        var strategy = db.Database.CreateExecutionStrategy();
        return await strategy.ExecuteAsync<(Account? Account, IReadOnlyList<IdentityError> Wrong)>(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // First of all, so that of two at once one fails here.
            invitation.UsedAt = clock.GetUtcNow();
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                return (null, [new IdentityError { Code = UsedMeanwhile, Description = "The link has been used meanwhile." }]);
            }
            var account = invitation.Account is null ? null : await accounts.FindByNameAsync(invitation.Account);
            var result = account is null
                ? await accounts.CreateAsync(account = new Account
                {
                    UserName = invitation.Account ?? name,
                    IsAdministrator = invitation.Account is null,
                    CreatedAt = clock.GetUtcNow()
                }, password)
                : await ReplaceAsync(account, password);
            if (!result.Succeeded)
            {
                await transaction.RollbackAsync(cancellationToken);
                return (null, [.. result.Errors]);
            }
            var subject = Subject.Of(SubjectKind.User, account.UserName!);
            await SessionStore.EndAsync(db.Sessions.Where(s => s.Subject == subject));
            journal.Add("password_set", subject, by: subject);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (account, []);
        });
    }

    private async Task<IdentityResult> ReplaceAsync(Account account, string password)
    {
        await accounts.SetLockoutEndDateAsync(account, null);
        // Whoever has been in the account may have left a passkey of their own.
        foreach (var passkey in await accounts.GetPasskeysAsync(account))
            await accounts.RemovePasskeyAsync(account, passkey.CredentialId);
        var removed = await accounts.RemovePasswordAsync(account);
        return removed.Succeeded ? await accounts.AddPasswordAsync(account, password) : removed;
    }
}
