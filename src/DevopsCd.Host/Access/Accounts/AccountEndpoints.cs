using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;

namespace DevopsCd.Host.Access.Accounts;

/// <summary><c>/api/v1/access/accounts</c>: who can log in with a password.</summary>
internal static class AccountEndpoints
{
    private const string NameMeaning = "The account's name.";

    public static void MapAccounts(this IEndpointRouteBuilder api)
    {
        var accounts = api.MapGroup("/access/accounts").WithTags("Access");
        accounts.MapGet("/", ListAsync).Requires(Permissions.AccessManage, RightsOf.Everything)
            .Named("ListAccounts", "List accounts by name").Answers(200, "The accounts of this service.");
        accounts.MapPost("/", InviteAsync).Requires(Permissions.AccessManage, RightsOf.Everything)
            .WithMetadata(new Unkeyed("The answer holds a secret, which is not kept."))
            .Named("InviteAccount", "Make a link that makes an account, or sets its password anew",
                "The link works once, for 30 minutes. Until it is used nothing of an existing account changes; "
                + "then all its sessions end and it is no longer locked.")
            .Answers(200, "The link to give to the person.");
        accounts.MapDelete("/{name}", RemoveAsync).Requires(Permissions.AccessManage, RightsOf.Everything)
            .Named("RemoveAccount", "Remove an account, its sessions and its tokens").Answers(204, "The account is gone.").Refuses(ProblemTypes.NotFound,
                ProblemTypes.Refused);
    }

    private static async Task<Ok<Page<AccountView>>> ListAsync(AccessDbContext db, TimeProvider clock, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = await db.Users.AsNoTracking().OrderBy(a => a.NormalizedUserName).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AccountView>
        {
            Items = [.. rows.Select(a => new AccountView
            {
                Name = a.UserName!, IsAdministrator = a.IsAdministrator, AsksForCode = a.TwoFactorEnabled, LockedUntil = a.LockoutEnd > now
                    ? a.LockoutEnd : null, CreatedAt = a.CreatedAt
            })]
        });
    }

    private static async Task<Ok<InvitationView>> InviteAsync(JsonBody<NewAccount> body, HttpContext http, UserManager<Account> accounts,
        Invitations invitations,
        LoginJournal journal, AccessDbContext db, CancellationToken cancellationToken)
    {
        var name = body.Value.Name.Trim();
        if (name.Length > 100 || !Operators.IsPerson(name) || !name.All(letter =>
            char.IsAsciiLetterOrDigit(letter) || "-._@+".Contains(letter, StringComparison.Ordinal)))
            throw BatchRefusedException.Content("name", "must have 1 to 100 letters, digits and the characters - . _ @ +, and must not look like a system identity");
        if (await accounts.FindByNameAsync(name) is { PasswordHash: null })
            throw BatchRefusedException.Content("name", "belongs to somebody who logs in at the provider; remove that account first");
        var by = Caller.Of(http).Id;
        var (secret, made) = invitations.Make(name, by);
        journal.Add("account_invited", Subject.Of(SubjectKind.User, name));
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new InvitationView { Name = name, Path = LoginPages.SetUpPath(secret), ExpiresAt = made.ExpiresAt });
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        [Description(NameMeaning)] string name, UserManager<Account> accounts, LoginJournal journal, AccessDbContext db, IMemoryCache known,
        TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await accounts.FindByNameAsync(name) is not { } account)
            return Problems.NotFound($"account '{name}'");
        if (account.IsAdministrator && await db.Users.CountAsync(a => a.IsAdministrator, cancellationToken) == 1)
            return Problems.Of(ProblemTypes.Refused, "This is the last account that may do everything without a binding.");
        var subject = Subject.Of(SubjectKind.User, account.UserName!);
        journal.Add("account_removed", subject);
        // First what the account holds: should the rest fail, nobody has more than before. Its sessions go with it.
        var now = clock.GetUtcNow();
        var tokens = await db.Tokens.Where(t => t.Owner == account.UserName && t.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.RevokedAt, now), cancellationToken);
        if (tokens > 0)
            journal.Add("token_revoked", subject, $"{tokens}, with the account");
        var removed = await accounts.DeleteAsync(account);
        if (!removed.Succeeded)
            return Problems.Of(ProblemTypes.Refused, Sentence.Quote(removed.Errors.First().Description));
        ProxyHandler.Forget(known, account.UserName!);
        return TypedResults.NoContent();
    }
}
