using DevopsCd.Core.Access;
using DevopsCd.Host.Access;
using DevopsCd.Host.Access.Proxies;
using DevopsCd.Host.Api;
using Microsoft.AspNetCore.Components.Authorization;

namespace DevopsCd.Host.Ui.Viewing;

/// <summary>Who looks at a page. Whether its reader is still let in is asked at each thing it does, and not only when it was opened.</summary>
internal sealed class Viewer(AuthenticationStateProvider authentication, AuthOptions options, LastingCaller lasting)
{
    /// <exception cref="SignedOutException">The session has ended, there never was one, or the proxy's person is not let in any more.</exception>
    public async Task<Subject> SubjectAsync(CancellationToken cancellationToken)
    {
        if (options.IsLocal)
            return Subject.User(OperatorCheck.OfMachine) with { Grants = LocalAccess.Everything };
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        return await lasting.StillAsync(principal, null, cancellationToken) ?? throw new SignedOutException();
    }

    /// <summary>Whether there is a session that the reader can end: behind a proxy there is none.</summary>
    public async Task<bool> CanLogOutAsync() => !options.IsLocal && !ProxyHandler.IsWord((await authentication.GetAuthenticationStateAsync()).User);
}

/// <summary>Who looked at the page is not let in any more.</summary>
internal sealed class SignedOutException : Exception;
