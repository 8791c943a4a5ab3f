using DevopsCd.Contracts.Api;
using DevopsCd.Core.Batches;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using DevopsCd.Shared.OpenApi;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace DevopsCd.Host.Access.Accounts;

/// <summary><c>/api/v1/access/…</c>: logging in and out, and who one is.</summary>
internal static class LoginEndpoints
{
    private const string Tag = "Access";

    /// <summary>Passwords are hashed one after the other where many log in at once.</summary>
    private static readonly RequestTimeoutMetadata s_patience = new(TimeSpan.FromSeconds(30));

    public static void MapLogin(this IEndpointRouteBuilder api)
    {
        var access = api.MapGroup("/access").WithTags(Tag);
        access.MapGet("/me", Me).ProvesItself(isLoginNeeded: true)
            .Named("ShowCaller", "Show who the caller is").Answers(200, "The caller as the service knows it.");
        access.MapPost("/login", LoginAsync).ProvesItself().WithMetadata(new StartsSession(), s_patience, new NeedsNoPlace(), new AllowSystemCaller(),
            new Unkeyed("A repeated login is another session."))
            .Named("LogIn", "Log in with a password",
                "In mode `password`. The answer sets the session's cookie. Whoever sends the cookie "
                + "with a changing request sends `Origin` or `Sec-Fetch-Site`, as browsers do.")
            .Answers(204, "The caller is logged in; the cookie is the session.").Refuses(ProblemTypes.LoginFailed, ProblemTypes.CodeNeeded,
                ProblemTypes.TooManyRequests, ProblemTypes.NotOffered);
        access.MapPost("/logout", LogOutAsync).ProvesItself().WithMetadata(new AllowSystemCaller(), new Unkeyed("A session that is over stays over."))
            .Named("LogOut", "End the session").Answers(204, "The session is over, on every instance.");
        access.MapPost("/password", SetPasswordAsync).ProvesItself().WithMetadata(new StartsSession(), s_patience, new NeedsNoPlace(), new AllowSystemCaller(),
            new Unkeyed("An invitation works once."))
            .Named("SetPassword", "Set a password with an invitation",
                "The token of the link works once. The caller is logged in with it, and every other session of the account ends.")
            .Answers(204, "The password is set; the cookie is the session.").Refuses(ProblemTypes.InvitationOver, ProblemTypes.NotOffered,
                ProblemTypes.TooManyRequests);
    }

    private static Ok<CallerView> Me(HttpContext http)
    {
        var subject = Caller.Of(http);
        return TypedResults.Ok(new CallerView { Subject = subject.Id, Operator = subject.Operator, Groups = [.. subject.Groups] });
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> LoginAsync(JsonBody<Login> body, HttpContext http, AuthOptions options,
        PasswordLogin login)
    {
        if (!options.Has(AccessModes.Password))
            return NotOffered();
        return await login.LoginAsync(http, body.Value.Name, body.Value.Password, body.Value.Code) switch
        {
            LoginOutcome.LoggedIn => TypedResults.NoContent(),
            LoginOutcome.CodeNeeded => Problems.Of(ProblemTypes.CodeNeeded, "The account asks for the code of its authenticator; send it as `code`."),
            LoginOutcome.TooMany => TooMany(http),
            _ => Problems.Of(ProblemTypes.LoginFailed, "The name, the password or the code is wrong, or the account is locked for a while.")
        };
    }

    private static async Task<NoContent> LogOutAsync(HttpContext http, LoginJournal journal, Data.AccessDbContext db, CancellationToken cancellationToken)
    {
        if (Caller.Find(http) is { } caller)
        {
            journal.Add("logout", caller.Id);
            await db.SaveChangesAsync(cancellationToken);
        }
        await http.SignOutAsync(SessionCookie.Scheme);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SetPasswordAsync(
        JsonBody<PasswordSetting> body, HttpContext http, AuthOptions options, Invitations invitations, LoginLimits limits, PasswordLogin login,
            CancellationToken cancellationToken)
    {
        if (!options.Has(AccessModes.Password))
            return NotOffered();
        if (!limits.Allows(http.Connection.RemoteIpAddress?.ToString(), ""))
            return TooMany(http);
        if (await invitations.FindAsync(body.Value.Token, cancellationToken) is not { } invitation)
        {
            limits.Failed(http.Connection.RemoteIpAddress?.ToString());
            return Problems.Of(ProblemTypes.InvitationOver, "The link has been used, its time is over, or it is not one of ours.");
        }
        if (body.Value.Password.Length > AccountRules.LongestPassword)
            throw BatchRefusedException.Content("password", $"must have at most {AccountRules.LongestPassword} characters");
        var (account, wrong) = await invitations.AcceptAsync(invitation, body.Value.Name ?? "", body.Value.Password, cancellationToken);
        if (account is null)
            throw BatchRefusedException.Quoted(wrong.GroupBy(Field, StringComparer.Ordinal)
                .ToDictionary(field => field.Key, field => field.Select(error => error.Description).ToArray(), StringComparer.Ordinal));
        await login.BeginAsync(http, account);
        return TypedResults.NoContent();
    }

    /// <summary>The field of the body that an error is about.</summary>
    private static string Field(IdentityError error) => error.Code == Invitations.UsedMeanwhile ? "token"
        : error.Code.Contains("Password", StringComparison.Ordinal) ? "password"
        : "name";

    private static ProblemHttpResult NotOffered() => Problems.Of(ProblemTypes.NotOffered, $"{AuthOptions.ModeKey} has no '{AccessModes.Password}'.");

    public static ProblemHttpResult TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "60";
        return Problems.Of(ProblemTypes.TooManyRequests, null);
    }
}
