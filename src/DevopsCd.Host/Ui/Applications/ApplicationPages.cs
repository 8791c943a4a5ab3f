using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Applications;
using DevopsCd.Core.Builds;
using DevopsCd.Core.Deployments;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Applications;

/// <summary>What the pages of applications and builds read: the API's own queries, with the rights of whoever looks.</summary>
internal sealed class ApplicationPages(PageWork pages)
{
    private const int MostApplications = 2000, PageLength = 100, BuildsOfOne = 20, HistoryOfOne = 50;

    /// <summary>The applications that whoever looks may view, by name.</summary>
    public Task<IReadOnlyList<ApplicationView>> ListAsync(string? search, CancellationToken cancellationToken) =>
        pages.DoAsync<IReadOnlyList<ApplicationView>>(async (services, subject) =>
            [.. (await services.GetRequiredService<ApplicationCatalogue>().ListAsync(
                await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), search, null, MostApplications,
                cancellationToken)).Items.OrderBy(application => application.Name, StringComparer.Ordinal)], cancellationToken);

    /// <summary>Null when there is no such application, or none for whoever looks.</summary>
    public Task<object?> FindAsync(string name, CancellationToken cancellationToken) =>
        pages.DoAsync<object?>(async (services, subject) =>
        {
            var visible = await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken);
            if (await services.GetRequiredService<ProjectsOf>().ApplicationAsync(name, cancellationToken) is not { } project || !visible.Contains(project)
                || await services.GetRequiredService<ApplicationCatalogue>().FindAsync(name, visible, cancellationToken) is not { } application)
                return null;
            var builds = await services.GetRequiredService<BuildQueries>().ListAsync(
                visible, name, null, null, null, BuildsOfOne, cancellationToken);
            return new ApplicationDetails(application, builds.Items, await services.GetRequiredService<ApplicationHistory>().OfAsync(
                application.Id, visible, HistoryOfOne, cancellationToken));
        }, cancellationToken);

    /// <summary>Builds, latest arrival first.</summary>
    /// <param name="application">The name of an application; null for all.</param>
    /// <param name="matched">Whether they belong to a registered application; null for both.</param>
    /// <param name="before">The id of the last build of the page before.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<Page<BuildView>> BuildsAsync(string? application, bool? matched, long? before, CancellationToken cancellationToken) =>
        pages.DoAsync(async (services, subject) => await services.GetRequiredService<BuildQueries>().ListAsync(
            await services.GetRequiredService<AccessDoor>().WhereAsync(subject, Permissions.View, cancellationToken), application, null, matched, before,
            PageLength, cancellationToken), cancellationToken);
}

/// <summary>An application.</summary>
/// <param name="View">The application, with its targets.</param>
/// <param name="Builds">Its latest builds.</param>
/// <param name="History">Its latest deployments, newest first.</param>
internal sealed record ApplicationDetails(ApplicationView View, IReadOnlyList<BuildView> Builds, IReadOnlyList<PastDeployment> History);
