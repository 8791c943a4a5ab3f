using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;

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

    /// <summary>The same, through the door that stands in front of the API's handlers.</summary>
    /// <param name="needed">What it takes, and where.</param>
    /// <param name="work">What to do, with the services of its scope and for whom.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SignedOutException">The session has ended.</exception>
    /// <exception cref="BatchRefusedException">Whoever asks lacks the permission; that stands in the audit of access.</exception>
    public Task<T> DoAsync<T>(PageNeed needed, Func<IServiceProvider, Subject, Task<T>> work, CancellationToken cancellationToken) =>
        DoAsync(async (services, subject) =>
        {
            await RequireAsync(needed, services, subject, cancellationToken);
            return await work(services, subject);
        }, cancellationToken);

    /// <summary>Passes the door, where what it takes shows only in the middle of the work.</summary>
    /// <exception cref="BatchRefusedException">Whoever asks lacks the permission; that stands in the audit of access.</exception>
    public static async Task RequireAsync(PageNeed needed, IServiceProvider services, Subject subject, CancellationToken cancellationToken)
    {
        if (await services.GetRequiredService<AccessDoor>().LookAsync(subject, needed.Permission, [needed.Project], null, cancellationToken) is not { } refused)
            return;
        services.GetRequiredService<AccessJournal>().Denied(
            new AccessOrigin(subject, EventSource.Http), $"page {needed.Page}", needed.Permission, needed.Project);
        await services.GetRequiredService<CdDbContext>().SaveChangesAsync(cancellationToken);
        throw refused;
    }
}

/// <summary>What a page needs.</summary>
/// <param name="Page">The page, for the audit.</param>
/// <param name="Permission">The permission.</param>
/// <param name="Project">Where; <see cref="Projects.All" /> for what concerns no project in particular.</param>
internal sealed record PageNeed(string Page, string Permission, string Project = Projects.All);
