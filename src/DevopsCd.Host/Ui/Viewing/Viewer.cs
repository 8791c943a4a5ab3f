using DevopsCd.Core.Access;
using DevopsCd.Host.Access;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Components.Authorization;

namespace DevopsCd.Host.Ui.Viewing;

/// <summary>
/// Who looks at a page. A page stays open for hours over one connection, so whether the session still holds is asked at each thing it does, and
/// not only when it was opened.
/// </summary>
internal sealed class Viewer(AuthenticationStateProvider authentication, AuthOptions options, SessionStore sessions)
{
    /// <exception cref="SignedOutException">The session has ended, or there never was one.</exception>
    public async Task<Subject> SubjectAsync(CancellationToken cancellationToken)
    {
        if (options.IsLocal)
            return Subject.User(OperatorCheck.OfMachine) with { Grants = LocalAccess.Everything };
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        return Identities.Subject(principal) is { } subject && await sessions.HoldsAsync(principal, cancellationToken) ? subject : throw new SignedOutException();
    }
}

/// <summary>Who looked at the page has no session any more.</summary>
internal sealed class SignedOutException : Exception;
