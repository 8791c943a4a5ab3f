using System.ComponentModel;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DevopsCd.Host.Access.Tokens;

/// <summary><c>/api/v1/access/tokens</c>: secrets for programs. People make them for themselves; no token makes another.</summary>
internal static class TokenEndpoints
{
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
        JsonBody<NewToken> body, HttpContext http, TokenDesk desk, CancellationToken cancellationToken)
    {
        var caller = Caller.Of(http);
        if (!desk.IsOffered)
            return Problems.Of(ProblemTypes.NotOffered, $"{AuthOptions.ModeKey} is {AccessModes.Local}: nobody needs a token.");
        if (caller.Kind != SubjectKind.User)
            return Problems.Of(ProblemTypes.PeopleOnly, "Only a person who has logged in makes a token.");
        var made = await desk.CreateAsync(body.Value, caller, cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(made);
    }

    private static async Task<Ok<Page<TokenView>>> ListAsync(HttpContext http, TokenDesk desk, CancellationToken cancellationToken) =>
        TypedResults.Ok(new Page<TokenView> { Items = await desk.ListAsync(Caller.Of(http), cancellationToken) });

    private static async Task<Results<NoContent, ProblemHttpResult>> RevokeAsync(
        [Description("The token's `id`, the part between the two `_`.")] string id, HttpContext http, TokenDesk desk,
        CancellationToken cancellationToken) =>
        await desk.RevokeAsync(id, Caller.Of(http), cancellationToken) ? TypedResults.NoContent() : Problems.NotFound($"token '{id}'");
}
