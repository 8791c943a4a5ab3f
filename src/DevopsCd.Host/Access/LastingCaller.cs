using System.Security.Claims;
using DevopsCd.Core.Access;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace DevopsCd.Host.Access;

/// <summary>
/// Whether somebody is still let in who has opened what lasts: a page, a stream. It stays open for hours over one connection, and is asked for
/// again and again.
/// </summary>
internal sealed class LastingCaller(SessionStore sessions, IServiceScopeFactory scopes, TimeProvider clock)
{
    /// <param name="principal">Who has opened it.</param>
    /// <param name="expires">When the proof ends that they came with; null where others say so.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Who it is by now; null once the session has ended, the token is over, or the person is not let in any more.</returns>
    public async Task<Subject?> StillAsync(ClaimsPrincipal principal, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        if (Identities.Subject(principal) is not { } subject || expires <= clock.GetUtcNow())
            return null;
        // The proxy has said who it is when the connection was made, and says nothing more over it. What it has said since then with other requests
        // counts here as well.
        if (ProxyHandler.IsWord(principal))
            return await KnownAsync(known => known.VouchedAsync(subject.Name, cancellationToken));
        return subject.Kind switch
        {
            SubjectKind.User => await sessions.HoldsAsync(principal, cancellationToken) ? subject : null,
            SubjectKind.Token => await KnownAsync(known => known.FindAsync(subject.Kind, subject.Name, [], cancellationToken)),
            // What proves a job says itself how long.
            _ => expires is null ? null : subject
        };
    }

    /// <summary>When the proof ends that a request came with; null where a row of ours says so.</summary>
    public static DateTimeOffset? Expires(HttpContext http) => Identities.Subject(http.User)?.Kind == SubjectKind.Workload
        ? http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc
        : null;

    private async Task<Subject?> KnownAsync(Func<KnownSubjects, Task<Subject?>> find)
    {
        // A scope of its own: a page does several things at once.
        await using var scope = scopes.CreateAsyncScope();
        return await find(scope.ServiceProvider.GetRequiredService<KnownSubjects>());
    }
}
