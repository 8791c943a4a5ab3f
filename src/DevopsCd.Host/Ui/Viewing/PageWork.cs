using DevopsCd.Core.Access;

namespace DevopsCd.Host.Ui.Viewing;

/// <summary>
/// What pages ask and do, each time in a scope of its own, as a request would: a page lives too long for one context, and does several things
/// at once.
/// </summary>
internal sealed class PageWork(IServiceScopeFactory scopes, Viewer viewer)
{
    /// <param name="work">What to do, with the services of its scope and for whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SignedOutException">The session has ended.</exception>
    public async Task<T> DoAsync<T>(Func<IServiceProvider, Subject, Task<T>> work, CancellationToken cancellationToken)
    {
        var subject = await viewer.SubjectAsync(cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider, subject);
    }
}
