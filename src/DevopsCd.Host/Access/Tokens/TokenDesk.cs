using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Data;
using DevopsCd.Shared;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Tokens;

/// <summary>Makes, lists and revokes API tokens, for the API and for the page.</summary>
internal sealed class TokenDesk(
    AuthOptions options, AccessRights rights, AccessDoor door, LoginJournal journal, AccessDbContext db, TimeProvider clock)
{
    private const double Usual = 90;

    private const int Most = 1000;

    /// <summary>Whether anybody needs a token: not where nobody logs in.</summary>
    public bool IsOffered => !options.IsLocal;

    /// <summary>Makes a token with the rights of whoever asks, bounded to what is given.</summary>
    /// <param name="sent">What it is for, and its bounds.</param>
    /// <param name="owner">A person.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The token with its secret, which is not kept.</returns>
    /// <exception cref="BatchRefusedException">It would be valid for too long, or have more than its owner has.</exception>
    public async Task<NewTokenView> CreateAsync(NewToken sent, Subject owner, CancellationToken cancellationToken)
    {
        var (now, most) = (clock.GetUtcNow(), options.TokenLongest.Value.TotalDays);
        var days = sent.ExpiresInDays ?? Math.Min(Usual, most);
        if (days <= 0 || days > most)
            throw BatchRefusedException.Content("expiresInDays", $"must be 1 to {most} (core:auth:token_longest)");
        await CheckScopeAsync(sent, owner, cancellationToken);
        var (id, text) = TokenText.New();
        var token = new ApiToken
        {
            Id = id,
            Hash = Secrets.HashOf(text),
            Name = sent.Name,
            Owner = owner.Name,
            Permissions = sent.Permissions?.ToArray(),
            Projects = sent.Projects?.ToArray(),
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(days)
        };
        db.Tokens.Add(token);
        journal.Add("token_created", Subject.Of(SubjectKind.Token, id), $"'{token.Name}', until {token.ExpiresAt:u}", owner.Id);
        await db.SaveChangesAsync(cancellationToken);
        return new NewTokenView { Id = id, Token = text, ExpiresAt = token.ExpiresAt };
    }

    /// <summary>One's own, newest first; who has <c>access.manage</c> in all projects sees all.</summary>
    public async Task<IReadOnlyList<TokenView>> ListAsync(Subject caller, CancellationToken cancellationToken)
    {
        var rows = await (await VisibleAsync(caller, cancellationToken)).AsNoTracking().OrderByDescending(t => t.CreatedAt).Take(Most)
            .ToListAsync(cancellationToken);
        return
        [
            .. rows.Select(t => new TokenView
            {
                Id = t.Id,
                Name = t.Name,
                Owner = t.Owner,
                Permissions = t.Permissions,
                Projects = t.Projects,
                CreatedAt = t.CreatedAt,
                ExpiresAt = t.ExpiresAt,
                LastUsedAt = t.LastUsedAt,
                RevokedAt = t.RevokedAt
            })
        ];
    }

    /// <summary>Revokes a token; it is refused from now on, by every instance.</summary>
    /// <returns>Whether there is one that the caller may revoke.</returns>
    public async Task<bool> RevokeAsync(string id, Subject caller, CancellationToken cancellationToken)
    {
        if (await (await VisibleAsync(caller, cancellationToken)).SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } token)
            return false;
        if (token.RevokedAt is null)
        {
            token.RevokedAt = clock.GetUtcNow();
            journal.Add("token_revoked", Subject.Of(SubjectKind.Token, id), by: caller.Id);
            await db.SaveChangesAsync(cancellationToken);
        }
        return true;
    }

    /// <summary>One's own tokens; a token's own is itself. Who manages access has all of them in view.</summary>
    private async Task<IQueryable<ApiToken>> VisibleAsync(Subject caller, CancellationToken cancellationToken) =>
        await door.IsAllowedEverywhereAsync(caller, Permissions.AccessManage, cancellationToken) ? db.Tokens
        : caller.Kind == SubjectKind.User ? db.Tokens.Where(t => t.Owner == caller.Name)
        : db.Tokens.Where(t => t.Id == caller.Name);

    /// <summary>Nobody gives a token what they do not have themselves.</summary>
    private async Task CheckScopeAsync(NewToken sent, Subject caller, CancellationToken cancellationToken)
    {
        var table = await rights.PresentAsync(cancellationToken);
        foreach (var permission in sent.Permissions ?? [])
        {
            if (!Permissions.IsKnown(permission))
            {
                throw BatchRefusedException.Content("permissions", NearestName.Of(permission, Permissions.All) is { } near
                    ? (Sentence)$"'{permission}' is no permission; did you mean {near}?"
                    : (Sentence)$"'{permission}' is no permission; known: {string.Join(", ", Permissions.All)}");
            }
            var where = table.Where(caller, permission);
            if (!where.All && (where.Projects.Count == 0 || sent.Projects?.Any(project => !table.Allows(caller, permission, project)) == true))
                throw BatchRefusedException.Content("permissions", $"has '{permission}', which you do not have yourself");
        }
    }
}
