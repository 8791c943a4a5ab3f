using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Configuration;
using DevopsCd.Host.Access.Data;
using DevopsCd.Host.Api;
using DevopsCd.Shared;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace DevopsCd.Host.Access.Tokens;

/// <summary><c>/api/v1/access/tokens</c>: secrets for programs. People make them for themselves; no token makes another.</summary>
internal static class TokenEndpoints
{
    private const double Usual = 90;

    public static void MapTokens(this IEndpointRouteBuilder api)
    {
        var tokens = api.MapGroup("/access/tokens").WithTags("Access");
        tokens.MapPost("/", CreateAsync).ProvesItself(isLoginNeeded: true).WithMetadata(new Unkeyed("The answer holds a secret, which is not kept."))
            .Named("CreateToken", "Make an API token",
                "A token has the rights of whoever makes it, as they are at each use, bounded to the permissions and projects given here. "
                + "It is shown in this answer and never again. Send it as `Authorization: Bearer`.")
            .Answers(200, "The token and its secret.").Refuses(ProblemTypes.NotOffered, ProblemTypes.PeopleOnly);
        tokens.MapGet("/", ListAsync).ProvesItself(isLoginNeeded: true)
            .Named("ListTokens", "List API tokens, newest first", "One's own; who has `access.manage` in all projects sees all.").Answers(200,
                "The tokens, without their secrets.");
        tokens.MapDelete("/{id}", RevokeAsync).ProvesItself(isLoginNeeded: true)
            .Named("RevokeToken", "Revoke an API token", "It is refused from now on, by every instance.").Answers(204,
                "The token is revoked.").Refuses(ProblemTypes.NotFound);
    }

    private static async Task<Results<Ok<NewTokenView>, ProblemHttpResult>> CreateAsync(
        JsonBody<NewToken> body, HttpContext http, AuthOptions options, AccessRights rights, LoginJournal journal, AccessDbContext db,
            TimeProvider clock, CancellationToken cancellationToken)
    {
        var (caller, sent, now) = (Caller.Of(http), body.Value, clock.GetUtcNow());
        if (options.IsLocal)
            return Problems.Of(ProblemTypes.NotOffered, $"{AuthOptions.ModeKey} is {AccessModes.Local}: nobody needs a token.");
        if (caller.Kind != SubjectKind.User)
            return Problems.Of(ProblemTypes.PeopleOnly, "Only a person who has logged in makes a token.");
        var most = options.TokenLongest.Value.TotalDays;
        var days = sent.ExpiresInDays ?? Math.Min(Usual, most);
        if (days <= 0 || days > most)
            throw BatchRefusedException.Content("expiresInDays", $"must be 1 to {most} (core:auth:token_longest)");
        await CheckScopeAsync(sent, caller, rights, cancellationToken);
        var (id, text) = TokenText.New();
        var token = new ApiToken
        {
            Id = id,
            Hash = Secrets.HashOf(text),
            Name = sent.Name,
            Owner = caller.Name,
            Permissions = sent.Permissions?.ToArray(),
            Projects = sent.Projects?.ToArray(),
            CreatedAt = now,
            ExpiresAt = now + TimeSpan.FromDays(days)
        };
        db.Tokens.Add(token);
        journal.Add("token_created", Subject.Of(SubjectKind.Token, id), $"'{token.Name}', until {token.ExpiresAt:u}");
        await db.SaveChangesAsync(cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new NewTokenView { Id = id, Token = text, ExpiresAt = token.ExpiresAt });
    }

    private static async Task<Ok<Page<TokenView>>> ListAsync(HttpContext http, AccessDoor door, AccessDbContext db, CancellationToken cancellationToken)
    {
        var visible = await VisibleAsync(db, Caller.Of(http), door, cancellationToken);
        var rows = await visible.AsNoTracking().OrderByDescending(t => t.CreatedAt).Take(1000).ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<TokenView>
        {
            Items = [.. rows.Select(t => new TokenView
            {
                Id = t.Id, Name = t.Name, Owner = t.Owner, Permissions = t.Permissions, Projects = t.Projects, CreatedAt = t.CreatedAt,
                    ExpiresAt = t.ExpiresAt, LastUsedAt = t.LastUsedAt, RevokedAt = t.RevokedAt
            })]
        });
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        [Description("The token's `id`, the part between the two `_`.")] string id, HttpContext http, AccessDoor door, LoginJournal journal, AccessDbContext db,
            TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await (await VisibleAsync(db, Caller.Of(http), door, cancellationToken)).SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } token)
            return Problems.NotFound($"token '{id}'");
        if (token.RevokedAt is null)
        {
            token.RevokedAt = clock.GetUtcNow();
            journal.Add("token_revoked", Subject.Of(SubjectKind.Token, id));
            await db.SaveChangesAsync(cancellationToken);
        }
        return TypedResults.NoContent();
    }

    /// <summary>One's own tokens; a token's own is itself. Who manages access has all of them in view.</summary>
    private static async Task<IQueryable<ApiToken>> VisibleAsync(AccessDbContext db, Subject caller, AccessDoor door, CancellationToken cancellationToken) =>
        await door.IsAllowedEverywhereAsync(caller, Permissions.AccessManage, cancellationToken) ? db.Tokens
        : caller.Kind == SubjectKind.User ? db.Tokens.Where(t => t.Owner == caller.Name)
        : db.Tokens.Where(t => t.Id == caller.Name);

    /// <summary>Nobody gives a token what they do not have themselves.</summary>
    private static async Task CheckScopeAsync(NewToken sent, Subject caller, AccessRights rights, CancellationToken cancellationToken)
    {
        var table = await rights.PresentAsync(cancellationToken);
        foreach (var permission in sent.Permissions ?? [])
        {
            if (!Permissions.IsKnown(permission))
            {
                var instead = NearestName.Of(permission, Permissions.All) is { } near
                    ? $"did you mean {near}?"
                    : $"known: {string.Join(", ", Permissions.All)}";
                throw BatchRefusedException.Content("permissions", $"'{permission}' is no permission; {instead}");
            }
            var where = table.Where(caller, permission);
            if (!where.All && (where.Projects.Count == 0 || sent.Projects?.Any(project => !table.Allows(caller, permission, project)) == true))
                throw BatchRefusedException.Content("permissions", $"has '{permission}', which you do not have yourself");
        }
    }
}
