using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Auditing;
using DevopsCd.Core.Data;
using DevopsCd.Core.Policies;
using DevopsCd.Host.Ui.Viewing;

namespace DevopsCd.Host.Ui.Policies;

/// <summary>What the pages of projects read and do: the API's own desk.</summary>
internal sealed class ProjectPages(PageWork pages)
{
    /// <summary>The projects that whoever looks may view, by name, and whether they may make new ones.</summary>
    public Task<ProjectList> ListAsync(CancellationToken cancellationToken) => pages.DoAsync(async (services, subject) =>
    {
        var door = services.GetRequiredService<AccessDoor>();
        return new ProjectList(
            await services.GetRequiredService<ProjectDesk>().ListAsync(await door.WhereAsync(subject, Permissions.View, cancellationToken), cancellationToken),
            await door.IsAllowedEverywhereAsync(subject, Permissions.PolicyManage, cancellationToken));
    }, cancellationToken);

    /// <summary>Null when there is no such project, or none for whoever looks.</summary>
    public Task<ProjectDetails?> FindAsync(string name, CancellationToken cancellationToken) =>
        pages.DoAsync<ProjectDetails?>(async (services, subject) =>
        {
            var door = services.GetRequiredService<AccessDoor>();
            if (!(await door.WhereAsync(subject, Permissions.View, cancellationToken)).Contains(name)
                || await services.GetRequiredService<ProjectDesk>().FindAsync(name, cancellationToken) is not { } project)
                return null;
            return new ProjectDetails(project, (await door.WhereAsync(subject, Permissions.PolicyManage, cancellationToken)).Contains(name));
        }, cancellationToken);

    /// <summary>Sets the policy of a project; one that is not there comes into being.</summary>
    /// <param name="name">The project.</param>
    /// <param name="policy">The whole policy.</param>
    /// <param name="seen">The project as it was when the person decided; null to make a new one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BatchRefusedException">Fields are wrong, the project has changed meanwhile, or whoever asks may not.</exception>
    public Task PutAsync(string name, ProjectPolicyBody policy, ProjectView? seen, CancellationToken cancellationToken) =>
        pages.DoAsync(new PageNeed($"/projects/{name}", Permissions.PolicyManage, name), (services, subject) =>
            services.GetRequiredService<ProjectDesk>().PutAsync(name, policy,
                seen is null ? new Precondition([], OnlyNew: true) : new Precondition([ProjectDesk.Tag(seen)]),
                new AccessOrigin(subject, EventSource.Http), cancellationToken), cancellationToken);
}

/// <summary>The projects as somebody sees them.</summary>
/// <param name="Items">By name.</param>
/// <param name="MayCreate">They may make new ones.</param>
public sealed record ProjectList(IReadOnlyList<ProjectView> Items, bool MayCreate);

/// <summary>A project as somebody sees it.</summary>
/// <param name="View">The project.</param>
/// <param name="MayChange">They may set its policy.</param>
public sealed record ProjectDetails(ProjectView View, bool MayChange);
