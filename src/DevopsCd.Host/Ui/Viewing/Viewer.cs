using DevopsCd.Core.Access;
using DevopsCd.Host.Access;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Access.Sessions;
using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Components.Authorization;

namespace DevopsCd.Host.Ui.Viewing;

/// <summary>
/// Who looks at a page. A page stays open for hours over one connection, so whether its reader is still let in is asked at each thing it does, and
/// not only when it was opened.
/// </summary>
internal sealed class Viewer(AuthenticationStateProvider authentication, AuthOptions options, SessionStore sessions, IServiceScopeFactory scopes)
{
    /// <exception cref="SignedOutException">The session has ended, there never was one, or the proxy's person is not let in any more.</exception>
    public async Task<Subject> SubjectAsync(CancellationToken cancellationToken)
    {
        if (options.IsLocal)
            return Subject.User(OperatorCheck.OfMachine) with { Grants = LocalAccess.Everything };
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        if (Identities.Subject(principal) is not { } subject)
            throw new SignedOutException();
        if (ProxyHandler.IsWord(principal))
            return await VouchedAsync(subject.Name, cancellationToken) ?? throw new SignedOutException();
        return await sessions.HoldsAsync(principal, cancellationToken) ? subject : throw new SignedOutException();
    }

    /// <summary>Whether there is a session that the reader can end: behind a proxy there is none.</summary>
    public async Task<bool> CanLogOutAsync() => !options.IsLocal && !ProxyHandler.IsWord((await authentication.GetAuthenticationStateAsync()).User);

    /// <summary>
    /// The proxy has said who it is when the connection was made, and says nothing more over it. What it has said since then with other requests
    /// counts here as well.
    /// </summary>
    private async Task<Subject?> VouchedAsync(string person, CancellationToken cancellationToken)
    {
        // A scope of its own: a page does several things at once.
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<KnownSubjects>().VouchedAsync(person, cancellationToken);
    }
}

/// <summary>Who looked at the page is not let in any more.</summary>
internal sealed class SignedOutException : Exception;
